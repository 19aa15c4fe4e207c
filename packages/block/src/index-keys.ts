/*
 * An index block, ready to be looked into by one lookup after another. Its records are few, and on the way of all lookups:
 * so, other than in blocks of a section, each of them is kept as numbers.
 *
 *   base          how many bytes the keys in the middle have in common, and which: those of nearly all keys
 *   for each key  its head, the next 6 bytes as a number
 *
 * Where that does not tell, since heads are alike or the base is not the target's, the search goes through the block itself.
 */
import { hasBytesAt } from '@reftable/varint/bytes';
import { BlockCursor } from './block-cursor.js';
import type { Block } from './block.js';
import { decodeIndexPosition } from './index-record.js';
import { RestartDigests } from './restart-digests.js';
import { headOf } from './restart-search.js';

export class IndexKeys {
  /** For each record: the position of the block that it stands for. */
  readonly positions: number[] = [];
  /** For each record: how many bytes its key and the one before it both start with, and so all keys of its block. */
  readonly shared: number[] = [];
  /** For each record: the block that it stands for, if somebody has put it here. */
  readonly blocks: (Block | undefined)[] = [];
  /** The same of these blocks, where they are of the index themselves. */
  readonly below: (IndexKeys | undefined)[] = [];
  /** What searches learn of these blocks. */
  readonly digests: RestartDigests;
  readonly #block: Block;
  readonly #cursor: BlockCursor;
  readonly #known: number;
  readonly #base: Uint8Array;
  /** Of the records that have the base: the first, and the one past the last. */
  #from = 0;
  #to = 0;
  readonly #heads: number[] = [];
  /** For each record: where its value starts. */
  readonly #values: number[] = [];

  /**
   * @param block of type 'i'
   * @param known bytes that all keys that are looked for, and those of the block, are said to start with
   * @throws as `BlockCursor.next`, `decodeIndexPosition`
   */
  constructor(block: Block, idSize: number, known: number) {
    const cursor = new BlockCursor(idSize);
    cursor.enter(block);
    while (cursor.next()) {
      this.positions.push(decodeIndexPosition(cursor));
      this.shared.push(cursor.shared);
      this.#values.push(cursor.valueStart);
      this.blocks.push(undefined);
      this.below.push(undefined);
    }
    this.shared[0] = known;
    this.digests = new RestartDigests(this.count);
    this.#block = block;
    this.#cursor = cursor;
    this.#known = known;
    this.#base = this.#readHeads(this.#findBase());
  }

  /** How many records there are. */
  get count(): number {
    return this.positions.length;
  }

  /** The number of the first record whose key is at or past the first `length` bytes of `target`; `count` if there is none. @throws as `BlockCursor.seek` */
  find(target: Uint8Array, length: number): number {
    const base = this.#base;
    const start = base.length;
    if (length < start || !hasBytesAt(target, 0, base)) return this.#findInBlock(target, length);
    const heads = this.#heads;
    const wanted = headOf(target, start, length);
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (heads[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low < this.#to && heads[low] === wanted ? this.#findInBlock(target, length) : low;
  }

  #findInBlock(target: Uint8Array, length: number): number {
    const cursor = this.#cursor;
    cursor.seek(this.#block, target, length, this.#known);
    return cursor.valueEnd < this.#block.recordsEnd ? this.#values.indexOf(cursor.valueStart) : this.count;
  }

  /** How many bytes the keys from a quarter of the way to three quarters have in common; and, besides these keys, which have them too. */
  #findBase(): number {
    const { shared, count } = this;
    this.#from = count >> 2;
    this.#to = ((count * 3) >> 2) + 1;
    let length = Infinity;
    for (let index = this.#from + 1; index < this.#to; index++) length = Math.min(length, shared[index]!);
    while (this.#from > 0 && shared[this.#from]! >= length) this.#from--;
    while (this.#to < count && shared[this.#to]! >= length) this.#to++;
    return length;
  }

  /** @returns the first `length` bytes of the keys that have the base */
  #readHeads(length: number): Uint8Array {
    const cursor = this.#cursor;
    cursor.reset();
    cursor.enter(this.#block);
    let base: Uint8Array | undefined;
    for (let index = 0; cursor.next(); index++) {
      if (index === this.#from) base = cursor.key.slice(0, Math.min(length, cursor.keyLength));
      this.#heads.push(base === undefined ? 0 : headOf(cursor.key, base.length, cursor.keyLength));
    }
    return base!;
  }
}
