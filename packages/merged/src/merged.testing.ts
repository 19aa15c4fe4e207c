/* What the tests of this package share: tables from records, and the naive model of many tables as one. */
import { textBytes, type LogRecord, type Ref } from '@reftable/block';
import { BytesSource, type BlockSource } from '@reftable/io';
import { openTable, openTableSync, writeTable, type LogRange, type RefRange, type TableOptions } from '@reftable/table';
import { compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import { MergedTable, MergedTableSync } from './merged-table.js';

/** One table's records and how it is written. */
export interface TableModel {
  readonly refs: readonly Ref[];
  readonly logs: readonly LogRecord[];
  readonly options: TableOptions;
}

/** An object id that says its number. */
export function oid(number: number, size = 20): string {
  return number.toString(16).padStart(size * 2, '0');
}

export function direct(name: string, id = oid(1), updateIndex = 1): Ref {
  return { name, updateIndex, kind: 'direct', oid: id };
}

export function deletion(name: string, updateIndex = 1): Ref {
  return { name, updateIndex, kind: 'deletion' };
}

export function entry(ref: string, updateIndex = 1, message = `change ${updateIndex}\n`): LogRecord {
  const who = { name: 'A', email: 'a@example.invalid', time: 1_500_000_000 + updateIndex, timeZone: -330 };
  return { ref, updateIndex, kind: 'update', oldOid: oid(updateIndex - 1), newOid: oid(updateIndex), ...who, message };
}

export function logDeletion(ref: string, updateIndex = 1): LogRecord {
  return { ref, updateIndex, kind: 'deletion' };
}

/** A table of these, with limits that fit. */
export function table(refs: readonly Ref[], logs: readonly LogRecord[] = [], options: Partial<TableOptions> = {}): TableModel {
  const indexes = [...refs, ...logs].map(({ updateIndex }) => updateIndex);
  if (indexes.length === 0) indexes.push(1);
  const limits = { minUpdateIndex: Math.min(...indexes), maxUpdateIndex: Math.max(...indexes) };
  return { refs, logs, options: { ...limits, ...options } };
}

export function write({ refs, logs, options }: TableModel): Uint8Array {
  return writeTable({ refs, logs }, options);
}

/** The sync face over these tables, written and opened. Few blocks are kept, so that many are read in the middle of a merge. */
export function openSync(tables: readonly TableModel[], cacheSize = 300): MergedTableSync {
  return new MergedTableSync(tables.map((model) => openTableSync(new BytesSource(write(model)), { cacheSize })));
}

/** The async face. Reads are answered later than at once. */
export async function openAsync(tables: readonly TableModel[], cacheSize = 300): Promise<MergedTable> {
  return new MergedTable(await Promise.all(tables.map((model) => openTable(later(write(model)), { cacheSize }))));
}

function later(bytes: Uint8Array): BlockSource {
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
  return { size: bytes.length, name: undefined, read, close: () => undefined };
}

function byBytes(a: string, b: string): number {
  return compareBytes(textBytes(a), textBytes(b));
}

/** Many tables as one, in the plainest way: maps, and a look at everything. */
export class Model {
  /** The newest record of each name, by name. */
  readonly #refs: readonly Ref[];
  /** The newest record of each name and update index, by name and then newest first. */
  readonly #logs: readonly LogRecord[];

  /** @param tables oldest first */
  constructor(tables: readonly TableModel[]) {
    const refs = new Map(tables.flatMap((model) => model.refs.map((ref) => [ref.name, ref])));
    const logs = new Map(tables.flatMap((model) => model.logs.map((log) => [`${log.ref}\0${log.updateIndex}`, log])));
    this.#refs = [...refs.values()].sort((a, b) => byBytes(a.name, b.name));
    this.#logs = [...logs.values()].sort((a, b) => byBytes(a.ref, b.ref) || b.updateIndex - a.updateIndex);
  }

  refs({ prefix = '', from = '', past, exclude = [], tombstones = false }: StringRange): Ref[] {
    return this.#refs.filter(
      ({ name, kind }) =>
        name.startsWith(prefix) &&
        byBytes(name, from) >= 0 &&
        (past === undefined || (byBytes(name, past) > 0 && !name.startsWith(past))) &&
        !exclude.some((start) => start !== '' && name.startsWith(start)) &&
        (tombstones || kind !== 'deletion'),
    );
  }

  getRef(wanted: string): Ref | undefined {
    return this.#refs.find(({ name, kind }) => name === wanted && kind !== 'deletion');
  }

  refsByObject(id: string): Ref[] {
    return this.#refs.filter((ref) => ('oid' in ref && ref.oid === id) || ('peeled' in ref && ref.peeled === id));
  }

  log(wanted: string, { from = Infinity, tombstones = false }: LogRange): LogRecord[] {
    return this.logs({ tombstones }).filter(({ ref, updateIndex }) => ref === wanted && updateIndex <= from);
  }

  logs({ tombstones = false }: LogRange): LogRecord[] {
    return this.#logs.filter(({ kind }) => tombstones || kind !== 'deletion');
  }
}

/** A range with its bounds as strings. */
export type StringRange = { readonly [K in Exclude<keyof RefRange, 'tombstones' | 'exclude'>]?: string } & {
  readonly exclude?: readonly string[];
  readonly tombstones?: boolean;
};

/** Names whose order by bytes differs from that of strings, many of them starts of one another. */
export const names = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '\uFFFF', '😀'), minLength: 1, maxLength: 6 });

const ids = fc.integer({ min: 1, max: 6 });

/** Random stacks, oldest table first; their update indexes may ascend, overlap or descend. */
export const stacks: fc.Arbitrary<TableModel[]> = fc.constantFrom<('sha1' | 'sha256')[]>('sha1', 'sha256').chain((hash) => {
  const size = hash === 'sha1' ? 20 : 32;
  const limits = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(4));
  return fc.array(
    limits.chain(([min, more]) => {
      const updateIndex = fc.integer({ min, max: min + more });
      const ref: fc.Arbitrary<Ref> = fc.oneof(
        fc.record({ name: names, updateIndex, kind: fc.constant('deletion' as const) }),
        fc.record({ name: names, updateIndex, kind: fc.constant('direct' as const), oid: ids.map((id) => oid(id, size)) }),
        fc.record({ name: names, updateIndex, kind: fc.constant('symbolic' as const), target: names }),
        fc.tuple(names, updateIndex, ids, ids).map(([name, index, id, to]) => ({ name, updateIndex: index, kind: 'peeled' as const, oid: oid(id, size), peeled: oid(to, size) })),
      );
      const ofLog = fc.tuple(names, updateIndex);
      const log: fc.Arbitrary<LogRecord> = fc.oneof(
        ofLog.map(([name, index]) => logDeletion(name, index)),
        fc.tuple(ofLog, ids).map(([[name, index], id]) => ({ ...entry(name, index, `${id}\n`), oldOid: oid(0, size), newOid: oid(id, size) }) as LogRecord),
      );
      return fc.record({
        refs: fc.uniqueArray(ref, { selector: ({ name }) => name, maxLength: 40 }),
        logs: fc.uniqueArray(log, { selector: ({ ref: of, updateIndex: index }) => `${of}\0${index}`, maxLength: 20 }),
        options: fc.record({
          hash: fc.constant(hash),
          minUpdateIndex: fc.constant(min),
          maxUpdateIndex: fc.constant(min + more),
          blockSize: fc.constantFrom(200, 256, 4096),
          restartInterval: fc.integer({ min: 1, max: 5 }),
          aligned: fc.boolean(),
          indexObjects: fc.boolean(),
        }),
      });
    }),
    { minLength: 1, maxLength: 7 },
  );
});

/** Bounds for {@link stacks}. */
export const ranges: fc.Arbitrary<StringRange> = fc.record(
  {
    prefix: fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 2 }),
    from: names,
    past: fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '😀'), minLength: 1, maxLength: 2 }),
    exclude: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', '\uFFFF'), maxLength: 2 }), { maxLength: 4 }),
    tombstones: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** All that an async iterable gives. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of iterable) found.push(item);
  return found;
}
