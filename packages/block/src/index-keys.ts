/*
 * An index block, as lookups see it: at the first look, one record of it; from then on, ready for one lookup after another. Its records are few, and on the
 * way of all lookups: so, other than in blocks of a section, each of them is kept as numbers.
 *
 *   base          how many bytes the keys in the middle have in common, and which: those of nearly all keys
 *   for each key  its head, the next 6 bytes as a number: those behind the base; or, in the few keys that do not have it, behind what all keys share
 *
 * Where that does not tell, since heads are alike, the search goes through the block itself.
 */
import { BlockCursor } from './block-cursor.js';
import type { Block } from './block.js';
import { decodeIndexPosition } from './index-record.js';
import { RestartDigests } from './restart-digests.js';
import { headOf } from './restart-search.js';

/** What a lookup sees of an index block. */
export abstract class IndexView {
  /** For each record that is known: the position of the block that it stands for. */
  readonly positions: number[] = [];
  /** For each record: how many bytes its key and the one before it both start with, and so all keys of its block. */
  readonly shared: number[] = [];
  /** For each record: the block of the section that it stands for, if somebody has put it here. */
  readonly blocks: (Block | undefined)[] = [];
  /** For each record: the keys of the block of the index that it stands for, if somebody has put them here. */
  readonly below: (IndexKeys | undefined)[] = [];
  /** What searches learn of these blocks. */
  abstract readonly digests: RestartDigests;
  protected readonly known: number;
  readonly #block: Block;
  readonly #cursor: BlockCursor;

  /**
   * @param block of type 'i'
   * @param known bytes that all keys that are looked for, and those of the block, are said to start with
   */
  constructor(block: Block, idSize: number, known = 0) {
    this.known = known;
    this.#block = block;
    this.#cursor = new BlockCursor(idSize);
  }

  protected get block(): Block {
    return this.#block;
  }

  /** Moves over the block. */
  protected get cursor(): BlockCursor {
    return this.#cursor;
  }

  /** Where the index block starts. */
  get position(): number {
    return this.block.position;
  }

  /** How many records are known. */
  get count(): number {
    return this.positions.length;
  }

  /** The number of the first record whose key is at or past the first `length` bytes of `target`; `count` if there is none. @throws as `BlockCursor.seek` */
  abstract find(target: Uint8Array, length: number): number;
}

/** The first look into an index block, for one key. Many programs read one ref, and would wait in vain for all records of the index to be read. */
export class FirstLook extends IndexView {
  readonly digests = new RestartDigests(1);

  /** As {@link IndexView.find}, for the only time. It is number 0, if there is one. */
  find(target: Uint8Array, length: number): number {
    const shared = this.cursor.seek(this.block, target, length, this.known);
    if (this.cursor.next()) {
      this.positions.push(decodeIndexPosition(this.cursor));
      this.shared.push(shared);
    }
    return 0;
  }
}

/** All records of an index block, for who comes again. */
export class IndexKeys extends IndexView {
  readonly digests: RestartDigests;
  readonly #base: Uint8Array;
  /** Of the records that have the base: the first, and the one past the last. */
  #from = 0;
  #to = 0;
  readonly #heads: number[] = [];
  /** For each record: where its value starts. */
  readonly #values: number[] = [];

  /** @throws as `BlockCursor.next`, `decodeIndexPosition` */
  constructor(block: Block, idSize: number, known = 0) {
    super(block, idSize, known);
    const { cursor } = this;
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
    this.#base = this.#readHeads(this.#findBase());
  }

  find(target: Uint8Array, length: number): number {
    const base = this.#base;
    const heads = this.#heads;
    let start = Math.min(this.known, base.length);
    while (start < length && start < base.length && target[start] === base[start]) start++;
    let low = this.#from;
    let high = this.#to;
    if (start < base.length) {
      // The target sorts before all keys that have the base, or after them.
      const isBefore = start === length || target[start]! < base[start]!;
      low = isBefore ? 0 : high;
      high = isBefore ? this.#from : heads.length;
      start = this.known;
    }
    const end = high;
    const wanted = headOf(target, start, length);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (heads[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low < end && heads[low] === wanted ? this.#findInBlock(target, length) : low;
  }

  /**
   * Moves a cursor of the section before the first record whose key is at or past the first `length` bytes of `target`, by way of what has been put here and below.
   * Returns the block that the record is in; undefined: that way leads nowhere, and the cursor may be anywhere.
   * @throws as `BlockCursor.seek`
   */
  seek(cursor: BlockCursor, target: Uint8Array, length: number): Block | undefined {
    const number = this.find(target, length);
    const below = this.below[number];
    if (below !== undefined) return below.seek(cursor, target, length);
    const block = this.blocks[number];
    if (block === undefined) return undefined;
    cursor.seek(block, target, length, this.shared[number], this.digests, number);
    return cursor.valueEnd < block.recordsEnd ? block : undefined;
  }

  #findInBlock(target: Uint8Array, length: number): number {
    const { cursor } = this;
    cursor.seek(this.block, target, length, this.known);
    return cursor.valueEnd < this.block.recordsEnd ? this.#values.indexOf(cursor.valueStart) : this.count;
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
    const { cursor } = this;
    cursor.reset();
    cursor.enter(this.block);
    let base: Uint8Array | undefined;
    for (let index = 0; cursor.next(); index++) {
      if (index === this.#from) base = cursor.key.slice(0, Math.min(length, cursor.keyLength));
      this.#heads.push(headOf(cursor.key, index < this.#from || index >= this.#to ? this.known : base!.length, cursor.keyLength));
    }
    return base!;
  }
}
