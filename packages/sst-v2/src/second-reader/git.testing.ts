/* Git's records in a container, read from SPEC.md alone: refs, objects and logs, of GitStorage 2 and 3. */
import { Cursor, Damage, Unsupported, compare, join, text } from './bytes.testing.js';
import type { Entry, Located, Table } from './container.testing.js';

export interface Statistics {
  readonly refs: bigint;
  readonly refTombstones: bigint;
  readonly objects: bigint;
  readonly logs: bigint;
  readonly logTombstones: bigint;
  readonly dataSize: bigint;
}
export interface Metadata {
  readonly storage: 2 | 3;
  readonly hash: 'sha1' | 'sha256';
  readonly idSize: 20 | 32;
  readonly least: bigint;
  readonly greatest: bigint;
  /** Bytes of an id in the key of an object record; 0: there are no object records, as far as is known. */
  readonly shortId: number;
  readonly statistics: Statistics | undefined;
}
interface Named {
  readonly name: Uint8Array;
  readonly updateIndex: bigint;
}
export type RefValue =
  | { readonly kind: 'deletion' }
  | { readonly kind: 'direct'; readonly oid: Uint8Array }
  | { readonly kind: 'peeled'; readonly oid: Uint8Array; readonly peeled: Uint8Array }
  | { readonly kind: 'symbolic'; readonly target: Uint8Array };
export type Ref = Named & { readonly value: RefValue; readonly block: number };
export interface Update {
  readonly old: Uint8Array;
  readonly new: Uint8Array;
  readonly name: Uint8Array;
  readonly email: Uint8Array;
  readonly time: bigint;
  readonly tz: number;
  readonly message: Uint8Array;
}
export type Log = Named & { readonly update: Update | undefined };
/** The positions of the blocks with refs that mention an id; none are given if they are too many. */
export interface ObjectRecord {
  readonly id: Uint8Array;
  readonly positions: readonly number[] | undefined;
}

const [refKind, objectKind, logKind] = [0x61, 0x62, 0x63];
const zero = Uint8Array.of(0);

function readMetadata(bytes: Uint8Array): Metadata {
  const cursor = new Cursor(bytes);
  const storage = cursor.uint(1);
  if (storage !== 2 && storage !== 3) throw new Unsupported(`GitStorage version ${storage}`);
  if (bytes.length < (storage === 2 ? 17 : 70)) throw new Damage(`metadata of ${bytes.length} bytes`);
  const [least, greatest] = [cursor.big(8), cursor.big(8)];
  if (least > greatest) throw new Damage('a least update index above the greatest');
  if (storage === 2) return { storage, hash: 'sha1', idSize: 20, least, greatest, shortId: 20, statistics: undefined };
  const hash = text(cursor.take(4));
  if (hash !== 'sha1' && hash !== 's256') throw new Unsupported(`hash ${hash}`);
  const idSize = hash === 'sha1' ? 20 : 32;
  const shortId = cursor.uint(1);
  if (shortId > idSize) throw new Damage(`${shortId} bytes of an id of ${idSize}`);
  const [refs, refTombstones, objects] = [cursor.big(8), cursor.big(8), cursor.big(8)];
  const [logs, logTombstones, dataSize] = [cursor.big(8), cursor.big(8), cursor.big(8)];
  const statistics = { refs, refTombstones, objects, logs, logTombstones, dataSize };
  return { storage, hash: hash === 'sha1' ? 'sha1' : 'sha256', idSize, least, greatest, shortId, statistics };
}

function refValue(cursor: Cursor, type: number, idSize: number): RefValue {
  switch (type) {
    case 0:
      return { kind: 'deletion' };
    case 1:
      return { kind: 'direct', oid: cursor.take(idSize) };
    case 2:
      return { kind: 'peeled', oid: cursor.take(idSize), peeled: cursor.take(idSize) };
    case 3:
      return { kind: 'symbolic', target: cursor.counted() };
    default:
      throw new Damage(`a ref of type ${type}`);
  }
}
function readUpdate(value: Uint8Array, idSize: number): Update {
  const cursor = new Cursor(value);
  const [before, after, name, email] = [cursor.take(idSize), cursor.take(idSize), cursor.counted(), cursor.counted()];
  const [time, tz, message] = [cursor.varint(), Number(BigInt.asIntN(16, cursor.big(2))), cursor.counted()];
  cursor.end('a log entry');
  return { old: before, new: after, name, email, time, tz, message };
}

/** The refs, objects and logs of a table. */
export class GitTable {
  readonly metadata: Metadata;
  readonly table: Table;
  constructor(table: Table) {
    this.table = table;
    this.metadata = readMetadata(table.footer.metadata);
  }

  #ref({ entry: { key, extra, value }, block }: Located): Ref {
    const cursor = new Cursor(value);
    const ref = { name: key.subarray(1), updateIndex: cursor.varint(), value: refValue(cursor, extra, this.metadata.idSize), block };
    cursor.end('a ref');
    if (ref.name.length === 0) throw new Damage('a ref without a name');
    return ref;
  }
  #object({ key, extra, value }: Entry): ObjectRecord {
    const id = key.subarray(1);
    if (id.length !== this.metadata.shortId || id.length === 0) throw new Damage(`an object record of ${id.length} bytes of id`);
    const cursor = new Cursor(value);
    const count = extra === 0 ? cursor.count(value.length) : extra;
    const positions: number[] = [];
    const end = this.table.dataEnd();
    for (let last = -1; positions.length < count; positions.push(last)) {
      const step = cursor.count(end);
      if (last >= 0 && step === 0) throw new Damage('a position twice');
      last = Math.max(last, 0) + step;
      if (last >= end) throw new Damage(`a position of ${last}, beyond the data`);
    }
    cursor.end('an object record');
    return { id, positions: count === 0 ? undefined : positions };
  }
  #logKey(key: Uint8Array): Named {
    const nameEnd = key.length - (this.metadata.storage === 2 ? 8 : 9);
    const name = key.subarray(1, Math.max(nameEnd, 1));
    if (name.length === 0 || name.includes(0)) throw new Damage('a log key without a name, or a zero byte in it');
    if (this.metadata.storage === 3 && key[nameEnd] !== 0) throw new Damage('a log key without a zero byte behind the name');
    return { name, updateIndex: (1n << 64n) - 1n - new Cursor(key, key.length - 8).big(8) };
  }
  #log({ key, extra, value }: Entry): Log {
    if (extra > 1) throw new Damage(`a log entry of type ${extra}`);
    if (extra === 0) new Cursor(value).end('a tombstone');
    return { ...this.#logKey(key), update: extra === 0 ? undefined : readUpdate(value, this.metadata.idSize) };
  }
  *#kind(kind: number, from: Uint8Array = Uint8Array.of(kind)): Generator<Located> {
    for (const located of this.table.scan(from)) {
      if (located.entry.key[0] !== kind) return;
      yield located;
    }
  }

  refs(): Ref[] {
    return [...this.#kind(refKind)].map((located) => this.#ref(located));
  }
  objects(): ObjectRecord[] {
    return [...this.#kind(objectKind)].map(({ entry }) => this.#object(entry));
  }
  /** All log entries: in the order of names, and of each name the newest first. */
  logs(): Log[] {
    if (this.metadata.storage === 3) return [...this.#kind(logKind)].map(({ entry }) => this.#log(entry));
    const runs: { readonly name: Uint8Array; readonly first: Uint8Array; readonly order: Uint8Array }[] = [];
    for (const { entry } of this.#kind(logKind)) {
      const { key } = entry;
      const { name } = this.#logKey(key);
      const last = runs.at(-1);
      if (last !== undefined && compare(last.name, name) === 0) continue;
      runs.push({ name, first: key, order: join(key.subarray(0, -8), zero, key.subarray(-8)) });
    }
    runs.sort((a, b) => compare(a.order, b.order));
    return runs.flatMap((run) => {
      const logs: Log[] = [];
      for (const { entry } of this.#kind(logKind, run.first)) {
        const log = this.#log(entry);
        if (compare(log.name, run.name) !== 0) break;
        logs.push(log);
      }
      return logs;
    });
  }

  ref(name: Uint8Array): Ref | undefined {
    const key = join(Uint8Array.of(refKind), name);
    const found = this.table.seek(key);
    return found !== undefined && compare(found.entry.key, key) === 0 ? this.#ref(found) : undefined;
  }
  /** The record of an object's id, if there is one. */
  object(id: Uint8Array): ObjectRecord | undefined {
    const found = this.table.get(join(Uint8Array.of(objectKind), id.subarray(0, this.metadata.shortId)));
    return found === undefined ? undefined : this.#object(found);
  }
  #hasObjects(): boolean {
    const { storage, shortId } = this.metadata;
    return storage === 3 ? shortId > 0 : this.table.seek(Uint8Array.of(objectKind))?.entry.key[0] === objectKind;
  }
  /** The refs whose value is an id, or which peel to it. */
  refsOf(id: Uint8Array): Ref[] {
    const hasObjects = this.#hasObjects();
    const record = hasObjects ? this.object(id) : undefined;
    if (hasObjects && record === undefined) return [];
    const end = this.table.dataEnd();
    const blocks = record?.positions?.map((position) => this.table.block(position, end)) ?? this.table.dataBlocks();
    return [...blocks].flatMap(({ records, position }) =>
      records
        .filter((record) => record.key[0] === refKind)
        .map((entry) => this.#ref({ entry, block: position }))
        .filter((ref) => mentions(ref).some((oid) => compare(oid, id) === 0)),
    );
  }

  /** What the statistics of the metadata should say. */
  counted(): Statistics {
    const [refs, logs] = [this.refs(), this.logs()];
    return {
      refs: BigInt(refs.length),
      refTombstones: BigInt(refs.filter((ref) => ref.value.kind === 'deletion').length),
      objects: BigInt(this.objects().length),
      logs: BigInt(logs.length),
      logTombstones: BigInt(logs.filter((log) => log.update === undefined).length),
      dataSize: [...this.table.dataBlocks()].reduce((sum, block) => sum + BigInt(block.size), 0n),
    };
  }

  /** All of the container, and all that a verification of a Git table looks at. */
  verify(): void {
    this.table.verify();
    const { least, greatest, storage, shortId, statistics } = this.metadata;
    const blocks = new Set<number>();
    for (const { updateIndex, block } of this.refs()) {
      if (updateIndex < least || updateIndex > greatest) throw new Damage(`a ref of update index ${updateIndex}`);
      blocks.add(block);
    }
    for (const { updateIndex, update } of this.logs()) {
      if (update !== undefined && updateIndex > greatest) throw new Damage(`a log entry of update index ${updateIndex}`);
    }
    const objects = this.objects();
    if (!objects.every(({ positions = [] }) => positions.every((position) => blocks.has(position)))) {
      throw new Damage('an object record that points at no block with refs');
    }
    if (storage === 3 && objects.length > 0 !== shortId > 0) throw new Damage(`${objects.length} object records, of ${shortId} bytes of id`);
    const counted = this.counted();
    for (const name of ['refs', 'refTombstones', 'objects', 'logs', 'logTombstones', 'dataSize'] as const) {
      if (statistics !== undefined && statistics[name] !== counted[name]) throw new Damage(`${statistics[name]} ${name}, where ${counted[name]} are`);
    }
  }
}

/** The ids that a ref mentions. */
export function mentions({ value }: Ref): Uint8Array[] {
  switch (value.kind) {
    case 'direct':
      return [value.oid];
    case 'peeled':
      return [value.oid, value.peeled];
    default:
      return [];
  }
}
