/*
 * The object section's records, as they come out of the refs: for every object id the ref blocks that mention it. Ids are shortened
 * to the longest prefix that two neighbours share, and a byte more, at least 2.
 */
import { encodeObject } from '@reftable/block';
import { compareBytes, getU24 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import type { SectionWriter } from './section-writer.js';

/** The shortest object id that Git writes. */
const MIN_ID_LENGTH = 2;

/** The longest that the footer has room for. */
const MAX_ID_LENGTH = 31;

/** A `number` has 53 bits, for the first bits of an id and the number of a mention. */
const SORT_BITS = 53;

/** Of an id's first bytes, so many bits are looked at. */
const ID_BITS = 48;

/** Collects which block mentions which object id. */
export class ObjectIndex {
  readonly #idSize: number;
  readonly #ids: ByteWriter;
  /** The ids in order, once they are. */
  #sorted: Uint8Array = new Uint8Array(0);
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
    const order = this.#sort();
    const idLength = this.#idLength();
    if (idLength > MAX_ID_LENGTH) return 0;
    if (order.length === 0) return idLength;
    const writer = section();
    const value = new ByteWriter();
    const key = new Uint8Array(idLength);
    const positions: number[] = [];
    for (let at = 0; at < order.length; ) {
      for (let index = 0; index < idLength; index++) key[index] = this.#sorted[at * this.#idSize + index]!;
      let count = 0;
      do {
        const position = this.#positions[order[at]!]!;
        if (count === 0 || position !== positions[count - 1]) positions[count++] = position;
        at++;
      } while (at < order.length && this.#shared(at - 1, at) === this.#idSize);
      if (!this.#tryAdd(writer, key, value, positions, count)) this.#tryAdd(writer, key, value, positions, 0);
    }
    return idLength;
  }

  #tryAdd(writer: SectionWriter, key: Uint8Array, value: ByteWriter, positions: readonly number[], count: number): boolean {
    value.length = 0;
    const valueType = encodeObject(value, positions, count);
    return writer.tryAdd(key, key.length, valueType, value.buffer, value.length);
  }

  /**
   * Puts the ids in order, and returns the number that each mention had; mentions of one id stay in the order in which they came.
   * The native sort of numbers does nearly all of it: a number is the first bits of an id above the number of its mention. Only
   * where ids are alike in those bits and yet not in order are they sorted as bytes.
   */
  #sort(): Uint32Array {
    const count = this.#count;
    const unsorted = this.#ids.view();
    const scale = 2 ** Math.ceil(Math.log2(count + 1));
    const drop = 2 ** Math.max(0, ID_BITS - SORT_BITS + Math.log2(scale));
    const sortable = new Float64Array(count);
    for (let index = 0, at = 0; index < count; index++, at += this.#idSize) {
      const high = getU24(unsorted, at) * 0x100_0000 + getU24(unsorted, at + 3);
      sortable[index] = Math.floor(high / drop) * scale + index;
    }
    sortable.sort();

    const size = this.#idSize;
    const order = new Uint32Array(count);
    const sorted = (this.#sorted = new Uint8Array(unsorted.length));
    let runStart = 0;
    let runHead = -1;
    let isOrdered = true;
    for (let index = 0, at = 0; index < count; index++, at += size) {
      const head = Math.floor(sortable[index]! / scale);
      if (head !== runHead) {
        if (!isOrdered) this.#sortRun(unsorted, sorted, order, runStart, index);
        runStart = index;
        runHead = head;
        isOrdered = true;
      }
      const mention = sortable[index]! - head * scale;
      order[index] = mention;
      for (let from = mention * size, to = at; to < at + size; ) sorted[to++] = unsorted[from++]!;
      if (index > runStart) {
        const differs = at + this.#shared(index - 1, index);
        isOrdered &&= differs === at + size || sorted[differs]! > sorted[differs - size]!;
      }
    }
    if (!isOrdered) this.#sortRun(unsorted, sorted, order, runStart, count);
    return order;
  }

  /** Sorts the ids number `start` to `end`, and their mentions with them. */
  #sortRun(unsorted: Uint8Array, sorted: Uint8Array, order: Uint32Array, start: number, end: number): void {
    const size = this.#idSize;
    const run = order.subarray(start, end);
    const idOf = (mention: number): Uint8Array => unsorted.subarray(mention * size, (mention + 1) * size);
    run.sort((a, b) => compareBytes(idOf(a), idOf(b)) || a - b);
    for (const [index, mention] of run.entries()) sorted.set(idOf(mention), (start + index) * size);
  }

  /** Bytes by which all ids can be told apart. */
  #idLength(): number {
    let longest = MIN_ID_LENGTH - 1;
    for (let at = 1; at < this.#count; at++) {
      const shared = this.#shared(at - 1, at);
      if (shared > longest && shared < this.#idSize) longest = shared;
    }
    return longest + 1;
  }

  /** How many bytes ids number `a` and `b`, of those in order, have in common. */
  #shared(a: number, b: number): number {
    const size = this.#idSize;
    const sorted = this.#sorted;
    let shared = 0;
    while (shared < size && sorted[a * size + shared] === sorted[b * size + shared]) shared++;
    return shared;
  }
}
