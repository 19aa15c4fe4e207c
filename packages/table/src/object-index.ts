/*
 * The object section's records, as they come out of the refs: for every object id the ref blocks that mention it. Ids are shortened
 * to the longest prefix that two neighbours share, and a byte more, at least 2.
 */
import { encodeObject } from '@reftable/block';
import { ByteWriter } from '@reftable/varint';
import type { SectionWriter } from './section-writer.js';

/** The shortest object id that Git writes. */
const MIN_ID_LENGTH = 2;

/** The longest that the footer has room for. */
const MAX_ID_LENGTH = 31;

/** A `number` has 53 bits for the start of an id and the number of the mention. */
const SORT_BITS = 53;

/** Collects which block mentions which object id. */
export class ObjectIndex {
  readonly #idSize: number;
  readonly #ids: ByteWriter;
  #positions = new Float64Array(256);
  #count = 0;

  constructor(idSize: number) {
    this.#idSize = idSize;
    this.#ids = new ByteWriter(256 * idSize);
  }

  /** Notes that the ref block at `position` mentions the id that starts at `bytes[start]`. Positions never go down. */
  add(bytes: Uint8Array, start: number, position: number): void {
    const to = this.#ids.reserve(this.#idSize);
    const { buffer } = this.#ids;
    for (let index = 0; index < this.#idSize; index++) buffer[to + index] = bytes[start + index]!;
    if (this.#count === this.#positions.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#positions);
      this.#positions = grown;
    }
    this.#positions[this.#count++] = position;
  }

  /**
   * Writes a record for each id, ascending, with its blocks, ascending and each once; or, where those are too many for a block, with none.
   * @returns bytes of an id in the keys; 0 where ids are alike in more bytes than the footer can tell: then nothing is written
   */
  writeTo(section: () => SectionWriter): number {
    const order = this.#sorted();
    const idLength = this.#idLength(order);
    if (idLength > MAX_ID_LENGTH) return 0;
    if (order.length === 0) return idLength;
    const writer = section();
    const value = new ByteWriter();
    const key = new Uint8Array(idLength);
    const positions: number[] = [];
    for (let from = 0; from < order.length; ) {
      const start = order[from]! * this.#idSize;
      for (let index = 0; index < idLength; index++) key[index] = this.#ids.buffer[start + index]!;
      positions.length = 0;
      do {
        const position = this.#positions[order[from++]!]!;
        if (position !== positions[positions.length - 1]) positions.push(position);
      } while (from < order.length && this.#shared(start, order[from]! * this.#idSize) === this.#idSize);
      if (!this.#tryAdd(writer, key, value, positions)) this.#tryAdd(writer, key, value, []);
    }
    return idLength;
  }

  #tryAdd(writer: SectionWriter, key: Uint8Array, value: ByteWriter, positions: readonly number[]): boolean {
    value.length = 0;
    const valueType = encodeObject(value, positions);
    return writer.tryAdd(key, key.length, valueType, value.buffer, value.length);
  }

  /**
   * The numbers of the mentions, by id and then by position. The native sort of numbers does nearly all of it: a number is the first
   * bits of the id above the number of the mention; only runs that are alike in those bits are then compared as bytes.
   */
  #sorted(): Uint32Array {
    const count = this.#count;
    const numberBits = Math.ceil(Math.log2(count + 1));
    const scale = 2 ** numberBits;
    const drop = 2 ** (48 - Math.min(48, SORT_BITS - numberBits));
    const ids = this.#ids.buffer;
    const sortable = new Float64Array(count);
    for (let index = 0, at = 0; index < count; index++, at += this.#idSize) {
      const high = ids[at]! * 0x1_0000 + (ids[at + 1]! << 8) + ids[at + 2]!;
      const low = ids[at + 3]! * 0x1_0000 + (ids[at + 4]! << 8) + ids[at + 5]!;
      sortable[index] = Math.floor((high * 0x100_0000 + low) / drop) * scale + index;
    }
    sortable.sort();
    const order = new Uint32Array(count);
    let from = 0;
    let prefix = -1;
    for (let to = 0; to < count; to++) {
      const head = Math.floor(sortable[to]! / scale);
      order[to] = sortable[to]! - head * scale;
      if (head === prefix) continue;
      this.#sortRun(order, from, to);
      prefix = head;
      from = to;
    }
    this.#sortRun(order, from, count);
    return order;
  }

  /** Sorts mentions of ids that are alike in their first bits. Mostly they are of one id, and in order. */
  #sortRun(order: Uint32Array, from: number, to: number): void {
    for (let at = from + 1; at < to; at++) {
      if (this.#compare(order[at - 1]!, order[at]!) > 0) {
        order.subarray(from, to).sort((a, b) => this.#compare(a, b));
        return;
      }
    }
  }

  #idLength(order: Uint32Array): number {
    let longest = MIN_ID_LENGTH - 1;
    for (let at = 1; at < order.length; at++) {
      const shared = this.#shared(order[at - 1]! * this.#idSize, order[at]! * this.#idSize);
      if (shared > longest && shared < this.#idSize) longest = shared;
    }
    return longest + 1;
  }

  #compare(a: number, b: number): number {
    const shared = this.#shared(a * this.#idSize, b * this.#idSize);
    if (shared === this.#idSize) return a - b;
    return this.#ids.buffer[a * this.#idSize + shared]! - this.#ids.buffer[b * this.#idSize + shared]!;
  }

  /** How many bytes the ids that start at `a` and `b` have in common. */
  #shared(a: number, b: number): number {
    const ids = this.#ids.buffer;
    let shared = 0;
    while (shared < this.#idSize && ids[a + shared] === ids[b + shared]) shared++;
    return shared;
  }
}
