/* A reader of the container, written from SPEC.md alone: a whole table in memory, everything checked, nothing cached. */
import { inflateSync } from 'node:zlib';
import { Cursor, Damage, Unsupported, compare, crc32, join, text } from './bytes.testing.js';

export interface Footer {
  readonly version: number;
  readonly checksums: boolean;
  readonly blockSize: number;
  readonly root: number;
  readonly metadata: Uint8Array;
  /** Where the footer starts. */
  readonly position: number;
}
export interface Entry {
  readonly key: Uint8Array;
  readonly extra: number;
  readonly value: Uint8Array;
}
/** A record as it stands in a block; its offset counts as if the block were stored. */
export interface Stored extends Entry {
  readonly offset: number;
  readonly prefix: number;
}
export interface Block {
  readonly position: number;
  readonly size: number;
  readonly codec: number;
  readonly body: Uint8Array;
  readonly records: readonly [Stored, ...Stored[]];
  readonly restarts: readonly number[];
}
/** A record of an index block, and the block that it stands for. */
export interface Pointer extends Stored {
  readonly level: number;
  readonly position: number;
  readonly size: number;
}
/** An entry with the position of its data block. */
export interface Located {
  readonly entry: Entry;
  readonly block: number;
}

const maxKey = 2 ** 22;
const maxBody = 2 ** 24 - 5;
const smallestBlock = 13;
const smallestBody = 9;
const smallestFooter = 26;

function readFooter(bytes: Uint8Array): Footer {
  if (bytes.length < smallestFooter) throw new Damage('too short for a footer');
  const tail = new Cursor(bytes, bytes.length - 10);
  const size = tail.uint(2);
  if (text(tail.take(4)) !== 'REFT') throw new Damage('no REFT near the end');
  if (size < smallestFooter || size > bytes.length) throw new Damage(`a footer of ${size} bytes`);
  const position = bytes.length - size;
  const head = new Cursor(bytes, position, bytes.length - 10);
  if (text(head.take(4)) !== 'SSTB') throw new Damage('no SSTB where the footer starts');
  if (crc32(bytes.subarray(position, -4)) !== tail.uint(4)) throw new Damage('wrong checksum of the footer');
  const version = head.uint(1);
  if (version !== 1 && version !== 129) throw new Unsupported(`container version ${version}`);
  const blockSize = head.uint(3);
  const root = head.big(8);
  if (root === 0n ? position !== 0 : root >= BigInt(position)) throw new Damage(`a root at ${root}, a footer at ${position}`);
  return { version, checksums: version === 129, blockSize, root: Number(root), metadata: head.take(head.left), position };
}

function inflated(stream: Uint8Array, size: number): Uint8Array {
  if (size > 1032 * stream.length) throw new Damage(`${size} bytes promised of a stream of ${stream.length}`);
  let result: { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  try {
    result = inflateSync(stream, { info: true, maxOutputLength: size }) as unknown as typeof result;
  } catch (error) {
    throw new Damage('the zlib stream is broken, or larger than stated', { cause: error });
  }
  if (result.engine.bytesWritten !== stream.length) throw new Damage('the zlib stream ends before its block does');
  if (result.buffer.length !== size) throw new Damage(`a body of ${result.buffer.length} bytes, not ${size}`);
  return new Uint8Array(result.buffer);
}

/** The records and restarts of a body. */
function readBody(body: Uint8Array): Pick<Block, 'records' | 'restarts'> {
  const restartCount = new Cursor(body, body.length - 2).uint(2);
  const end = body.length - 2 - 3 * restartCount;
  if (restartCount === 0 || end <= 0) throw new Damage(`${restartCount} restarts in ${body.length} bytes`);
  const records: Stored[] = [];
  const cursor = new Cursor(body, 0, end);
  let before = new Uint8Array();
  while (cursor.left > 0) {
    const offset = cursor.at + 4;
    const prefix = cursor.count(before.length);
    const packed = cursor.varint();
    if (packed >> 3n > BigInt(cursor.left)) throw new Damage('a suffix that runs into the restarts');
    const key = join(before.subarray(0, prefix), cursor.take(Number(packed >> 3n)));
    if (compare(before, key) >= 0) throw new Damage('a key that is not beyond the one before');
    records.push({ offset, prefix, key, extra: Number(packed & 7n), value: cursor.counted() });
    before = Uint8Array.from(key);
  }
  const list = new Cursor(body, end);
  const restarts = Array.from({ length: restartCount }, () => list.uint(3));
  restarts.forEach((restart, i) => {
    if (i === 0 ? restart !== 4 : restart <= (restarts[i - 1] ?? 0)) throw new Damage('restarts that do not begin with 4 and ascend');
    if (restart >= end + 4) throw new Damage(`a restart at ${restart}, behind the records`);
  });
  const [first, ...others] = records;
  if (first === undefined) throw new Damage('a block without records');
  return { records: [first, ...others], restarts };
}

/** What only a verification looks at: where restarts lead, and how long keys are. */
function checkRecords({ records, restarts }: Block): void {
  const whole = new Set(records.filter((record) => record.prefix === 0).map((record) => record.offset));
  for (const restart of restarts) if (!whole.has(restart)) throw new Damage(`a restart at ${restart}, where no whole key is`);
  for (const { key } of records) if (key.length > maxKey) throw new Damage(`a key of ${key.length} bytes`);
}

/** The first record at or after a key: by the last restart whose key is not after it, and from there on. */
function atOrAfter<T extends Stored>(records: readonly T[], { restarts }: Block, key: Uint8Array): T | undefined {
  const from = records.findLast((record) => restarts.includes(record.offset) && compare(record.key, key) <= 0)?.offset ?? 4;
  return records.find((record) => record.offset >= from && compare(record.key, key) >= 0);
}

/** The records of an index block; they are all of one level. */
export function pointers(block: Block): readonly [Pointer, ...Pointer[]] {
  const read = (record: Stored): Pointer => {
    const cursor = new Cursor(record.value);
    const pointer = { ...record, level: cursor.uint(1), position: cursor.count(block.position), size: cursor.count(2 ** 24 - 1) };
    cursor.end('an index record');
    if (record.extra !== 0) throw new Damage('extra bits in an index record');
    if (pointer.position + pointer.size > block.position) throw new Damage('an index record that does not point back');
    return pointer;
  };
  const first = read(block.records[0]);
  const others = block.records.slice(1).map(read);
  if (first.level > 254 || others.some((other) => other.level !== first.level)) throw new Damage('levels that differ, or too many');
  return [first, ...others];
}

export class Table {
  readonly footer: Footer;
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.footer = readFooter(bytes);
  }

  /** The block at a position; it must end at `limit` or before. */
  block(position: number, limit: number): Block {
    const checksum = this.footer.checksums ? 4 : 0;
    const least = smallestBlock + checksum;
    if (position + least > limit) throw new Damage(`no room for a block at ${position}`);
    const header = new Cursor(this.#bytes, position);
    const codec = header.uint(1);
    const size = header.uint(3);
    if (size < least || position + size > limit) throw new Damage(`a block of ${size} bytes at ${position}`);
    const end = position + size - checksum;
    if (this.footer.checksums && crc32(this.#bytes.subarray(position, end)) !== new Cursor(this.#bytes, end).uint(4)) {
      throw new Damage(`wrong checksum of the block at ${position}`);
    }
    if (codec > 1) throw new Unsupported(`codec ${codec}`);
    const content = new Cursor(this.#bytes, position + 4, end);
    const bodySize = codec === 0 ? content.left : content.uint(4);
    if (bodySize < smallestBody || bodySize > maxBody) throw new Damage(`a body of ${bodySize} bytes`);
    const rest = content.take(content.left);
    const body = codec === 0 ? rest : inflated(rest, bodySize);
    return { position, size, codec, body, ...readBody(body) };
  }
  /** The position behind a block and its padding. */
  next({ position, size, codec }: Block): number {
    const end = position + size;
    const unit = this.footer.blockSize;
    return codec !== 0 || unit === 0 || end === this.footer.position ? end : Math.ceil(end / unit) * unit;
  }
  root(): Block {
    const root = this.block(this.footer.root, this.footer.position);
    if (root.position + root.size !== this.footer.position) throw new Damage('the root does not end where the footer starts');
    return root;
  }
  /** The block that an index record of `parent` stands for. */
  child(parent: Block, pointer: Pointer): Block {
    const child = this.block(pointer.position, parent.position);
    if (child.size !== pointer.size) throw new Damage(`a block of ${child.size} bytes at ${child.position}, not ${pointer.size}`);
    if (pointer.level > 0 && pointers(child)[0].level !== pointer.level - 1) throw new Damage('an index block of another level');
    return child;
  }

  /** The first entry at or after a key. */
  seek(key: Uint8Array): Located | undefined {
    if (this.footer.position === 0) return undefined;
    let block = this.root();
    let found = atOrAfter(pointers(block), block, key);
    if (found === undefined) return undefined;
    while (found.level > 0) {
      block = this.child(block, found);
      found = atOrAfter(pointers(block), block, key);
      if (found === undefined) throw new Damage('an index block that ends before the one above it says');
    }
    block = this.child(block, found);
    const entry = atOrAfter(block.records, block, key);
    if (entry === undefined) throw new Damage('a data block that ends before its index record says');
    return { entry, block: block.position };
  }
  get(key: Uint8Array): Entry | undefined {
    const found = this.seek(key);
    return found !== undefined && compare(found.entry.key, key) === 0 ? found.entry : undefined;
  }

  dataEnd(): number {
    if (this.footer.position === 0) return 0;
    let block = this.root();
    let [first] = pointers(block);
    while (first.level > 0) {
      block = this.child(block, first);
      first = pointers(block)[0];
    }
    if (first.position !== 0) throw new Damage('the first data block is not at 0');
    return block.position;
  }
  /** The data blocks one after another, from one of them on. */
  *dataBlocks(from = 0): Generator<Block> {
    const end = this.dataEnd();
    let before: Uint8Array | undefined;
    let position = from;
    while (position < end) {
      const block = this.block(position, end);
      if (before !== undefined && compare(before, block.records[0].key) >= 0) throw new Damage('a block that is not beyond the one before');
      before = block.records.at(-1)?.key;
      position = this.next(block);
      if (position > end) throw new Damage('padding that runs over the end of the data');
      yield block;
    }
  }
  /** All entries in order, from the first one at or after a key on. */
  *scan(from: Uint8Array = new Uint8Array()): Generator<Located> {
    const start = this.seek(from);
    if (start === undefined) return;
    for (const block of this.dataBlocks(start.block)) {
      for (const entry of block.records) if (compare(entry.key, from) >= 0) yield { entry, block: block.position };
    }
  }
  entries(): Entry[] {
    return [...this.dataBlocks()].flatMap((block) => block.records).map(({ key, extra, value }) => ({ key, extra, value }));
  }

  /** All entries from the last to the first: the index is walked so, on all levels. */
  *backwards(): Generator<Entry> {
    if (this.footer.position > 0) yield* this.#backwards(this.root(), []);
  }
  /** @param starts on each level, where the block starts that was come to last */
  *#backwards(parent: Block, starts: (number | undefined)[]): Generator<Entry> {
    for (const pointer of [...pointers(parent)].reverse()) {
      const child = this.child(parent, pointer);
      const end = this.next(child);
      if (end !== (starts[pointer.level] ?? end)) throw new Damage('a block that does not end where the one behind it starts');
      starts[pointer.level] = child.position;
      if (pointer.level > 0) yield* this.#backwards(child, starts);
      else for (const { key, extra, value } of [...child.records].reverse()) yield { key, extra, value };
    }
  }

  /** Every byte: the blocks of the data, then of each level, one behind the other up to the footer. */
  verify(): Block[] {
    const blocks: Block[] = [];
    if (this.footer.position !== 0) blocks.push(this.root());
    for (let level = [...blocks]; level.length > 0;) {
      const below: Block[] = [];
      const levelOf = level[0] === undefined ? 0 : pointers(level[0])[0].level;
      for (const parent of level) {
        for (const pointer of pointers(parent)) {
          if (pointer.level !== levelOf) throw new Damage('levels that differ');
          const last = below.at(-1);
          if (last !== undefined && pointer.position !== this.next(last)) throw new Damage('an index record that skips a block, or goes back');
          const child = this.child(parent, pointer);
          if (compare(child.records.at(-1)?.key ?? new Uint8Array(), pointer.key) !== 0) throw new Damage('an index key of no block');
          below.push(child);
        }
      }
      blocks.unshift(...below);
      level = levelOf === 0 ? [] : below;
    }
    const end = blocks.reduce((position, block) => {
      if (block.position !== position) throw new Damage(`a block at ${block.position}, not at ${position}`);
      const next = this.next(block);
      if (this.#bytes.subarray(position + block.size, next).some((byte) => byte !== 0)) throw new Damage(`padding in front of ${next} is not zero`);
      return next;
    }, 0);
    if (end !== this.footer.position) throw new Damage('bytes in front of the footer');
    for (const block of blocks) checkRecords(block);
    this.entries();
    return blocks;
  }
}
