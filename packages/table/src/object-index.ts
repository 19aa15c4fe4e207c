/*
 * The object section's records, as they come out of the refs: for every object id the ref blocks that mention it. Ids are shortened
 * to the longest prefix that two neighbours share, and a byte more, at least 2.
 */
import { encodeObject } from '@reftable/block';
import { compareBytes, getU32 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { sortNumbers } from './radix-sort.js';

/** The bytes of an object id that a key may have. */
export interface ObjectIdLengths {
  readonly least: number;
  readonly most: number;
}

/** Git's: the shortest that it writes, and the longest that the footer has room for. */
const GIT_LENGTHS: ObjectIdLengths = { least: 2, most: 31 };

/** Where the records go. */
export interface ObjectTarget {
  /** Adds a record; false if it is too large. */
  tryAdd(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean;
}

/** Ids that stand together in memory: one buffer for all would be copied again and again as it grows. */
const PIECE = 1024;

/** Collects which block mentions which object id. */
export class ObjectIndex {
  readonly #idSize: number;
  /** The ids, as they were mentioned one after another. */
  readonly #pieces: Uint8Array[] = [];
  #count = 0;
  /* The blocks that mention any: where each is, and the number of its first mention. */
  readonly #positions: number[] = [];
  readonly #firsts: number[] = [];
  /* Once they are sorted: the numbers that the mentions had, and how many bytes the id of each shares with that of the one before. */
  #order: Uint32Array = new Uint32Array(0);
  #shared = new Uint8Array(0);

  constructor(idSize: number) {
    this.#idSize = idSize;
  }

  /** Notes that the ref block at `position` mentions the id that starts at `bytes[start]`. Positions never go down. */
  add(bytes: Uint8Array, start: number, position: number): void {
    if (this.#count % PIECE === 0) this.#pieces.push(new Uint8Array(PIECE * this.#idSize));
    const piece = this.#pieceOf(this.#count);
    const to = this.#startOf(this.#count);
    for (let index = 0; index < this.#idSize; index++) piece[to + index] = bytes[start + index]!;
    if (position !== this.#positions.at(-1)) {
      this.#positions.push(position);
      this.#firsts.push(this.#count);
    }
    this.#count++;
  }

  /**
   * Writes a record for each id, ascending, with its blocks, ascending and each once; or, where those are too many for a block, with none.
   * @param open is asked for where they go, if there are any
   * @returns bytes of an id in the keys; 0 where ids are alike in more bytes than there may be: then nothing is written
   */
  writeTo(open: () => ObjectTarget, { least, most } = GIT_LENGTHS): number {
    this.#sort();
    const idLength = this.#idLength(least);
    if (idLength > most) return 0;
    if (this.#count === 0) return idLength;
    const target = open();
    const value = new ByteWriter();
    const key = new Uint8Array(idLength);
    const blocks = this.#blocks();
    const positions: number[] = [];
    for (let at = 0; at < this.#count; ) {
      const piece = this.#pieceOf(this.#order[at]!);
      const start = this.#startOf(this.#order[at]!);
      for (let index = 0; index < idLength; index++) key[index] = piece[start + index]!;
      let count = 0;
      do {
        const position = this.#positions[blocks[this.#order[at]!]!]!;
        if (count === 0 || position !== positions[count - 1]) positions[count++] = position;
        at++;
      } while (at < this.#count && this.#shared[at] === this.#idSize);
      if (!this.#tryAdd(target, key, value, positions, count)) this.#tryAdd(target, key, value, positions, 0);
    }
    return idLength;
  }

  #tryAdd(target: ObjectTarget, key: Uint8Array, value: ByteWriter, positions: readonly number[], count: number): boolean {
    value.length = 0;
    const valueType = encodeObject(value, positions, count);
    return target.tryAdd(key, key.length, valueType, value.buffer, value.length);
  }

  /** The number of each mention's block. */
  #blocks(): Uint32Array {
    const blocks = new Uint32Array(this.#count);
    for (const [block, first] of this.#firsts.entries()) blocks.fill(block, first, this.#firsts[block + 1]);
    return blocks;
  }

  /**
   * Puts the mentions in the order of their ids; those of one id stay in the order in which they came.
   * The first 4 bytes of the ids are sorted as numbers. Only where ids are alike in these and yet not in order are they compared as bytes.
   */
  #sort(): void {
    const heads = new Uint32Array(this.#count);
    for (let index = 0; index < this.#count; index++) heads[index] = getU32(this.#pieceOf(index), this.#startOf(index));
    this.#order = sortNumbers(heads);
    this.#shared = new Uint8Array(this.#count);
    for (let start = 0, end = 0; start < this.#count; start = end) {
      while (end < this.#count && heads[end] === heads[start]) end++;
      if (!this.#share(start, end)) {
        this.#order.subarray(start, end).sort((a, b) => compareBytes(this.#id(a), this.#id(b)) || a - b);
        this.#share(start, end);
      }
      if (start > 0) this.#shared[start] = Math.clz32(heads[start]! ^ heads[start - 1]!) >> 3;
    }
  }

  /** Notes how many bytes the ids from `start` to `end`, alike in the first 4, share. False: they are not in order. */
  #share(start: number, end: number): boolean {
    const size = this.#idSize;
    for (let at = start + 1; at < end; at++) {
      const [before, mention] = [this.#order[at - 1]!, this.#order[at]!];
      const [pieceBefore, piece] = [this.#pieceOf(before), this.#pieceOf(mention)];
      const [startBefore, startHere] = [this.#startOf(before), this.#startOf(mention)];
      let shared = 4;
      while (shared < size && pieceBefore[startBefore + shared] === piece[startHere + shared]) shared++;
      if (shared < size && pieceBefore[startBefore + shared]! > piece[startHere + shared]!) return false;
      this.#shared[at] = shared;
    }
    return true;
  }

  #pieceOf(mention: number): Uint8Array {
    return this.#pieces[(mention / PIECE) | 0]!;
  }

  #startOf(mention: number): number {
    return (mention % PIECE) * this.#idSize;
  }

  #id(mention: number): Uint8Array {
    const start = this.#startOf(mention);
    return this.#pieceOf(mention).subarray(start, start + this.#idSize);
  }

  /** Bytes by which all ids can be told apart, or `least` if they are fewer. */
  #idLength(least: number): number {
    let longest = least - 1;
    for (const shared of this.#shared) if (shared > longest && shared < this.#idSize) longest = shared;
    return longest + 1;
  }
}
