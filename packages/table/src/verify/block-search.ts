import { BLOCK_HEADER_SIZE, isBlockType, LOG_BLOCK, MAX_BLOCK_SIZE } from '@reftable/block';
import type { Core } from '@reftable/io';
import { getU16, getU24, isReftableError } from '@reftable/varint';
import type { BlockStore } from '../block-store.js';

/** Larger blocks are not searched for, unless the table's are larger: too much would be taken for one. */
const COMMON_SIZE = 1 << 16;

/** How much is looked at at once. */
const CHUNK = 1 << 12;

/**
 * Looks for the next block behind damage, byte by byte. What turns out to be no block costs time that nothing was learned by: there is a bound
 * to it, of a few times the file's size, and then it gives up.
 */
export class BlockSearch {
  readonly #store: BlockStore;
  readonly #largest: number;
  /** How many bytes of blocks that are none may still be looked at. */
  #budget: number;

  /** @param blockSize the table's */
  constructor(store: BlockStore, blockSize: number) {
    this.#store = store;
    this.#largest = Math.max(COMMON_SIZE, 2 * blockSize);
    this.#budget = 4 * MAX_BLOCK_SIZE + 16 * this.#store.end;
  }

  /** Whether it has given up: then time is not to be lost with anything else that may be no block. */
  get isOver(): boolean {
    return this.#budget < 0;
  }

  /** The walk has met something that is no block, whose header is at `position`. */
  *charge(position: number): Core<void> {
    const bytes = yield* this.#store.bytes(position, BLOCK_HEADER_SIZE, 0);
    this.#budget -= bytes.length < BLOCK_HEADER_SIZE ? 1 : Math.min(getU24(bytes, 1), this.#store.end - position);
  }

  /** Where the first sound block between `from` and `limit` begins; `limit` if there is none. */
  *find(from: number, limit: number): Core<number> {
    for (let at = from; at < limit; ) {
      // The few bytes more tell whether it looks like a block.
      const bytes = yield* this.#store.bytes(at, CHUNK + 6, CHUNK * 16);
      const end = Math.min(CHUNK, limit - at, bytes.length - 6);
      if (end <= 0) return limit;
      for (let index = 0; index < end; index++) {
        const length = this.#likelyLength(bytes, index, limit - at - index);
        if (length === 0) continue;
        if (yield* this.#isBlock(at + index)) return at + index;
        this.#budget -= length;
        if (this.isOver) return limit;
      }
      at += end;
    }
    return limit;
  }

  /** The length of the block that may begin at `index`; 0: none does. @param left bytes up to where it must end */
  #likelyLength(bytes: Uint8Array, index: number, left: number): number {
    const type = bytes[index]!;
    if (!isBlockType(type)) return 0;
    const length = getU24(bytes, index + 1);
    // The two bytes that begin a zlib stream are a multiple of 31, and its method is 8.
    const isLikely = type === LOG_BLOCK ? getU16(bytes, index + 4) % 31 === 0 && (bytes[index + 4]! & 15) === 8 : length <= left;
    return isLikely && length <= this.#largest ? length : 0;
  }

  *#isBlock(position: number): Core<boolean> {
    try {
      yield* this.#store.scan(position, CHUNK * 16);
      return true;
    } catch (error) {
      if (!isReftableError(error, 'format')) throw error;
      return false;
    }
  }
}
