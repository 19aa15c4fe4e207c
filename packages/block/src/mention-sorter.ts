import { getU32 } from '@reftable/varint';
import type { Mentions } from './mentions.js';
import { NumberSorter } from './number-sorter.js';

/** Sorts mentions by their ids. What it needs for that it has once, for all that it sorts. */
export class MentionSorter {
  readonly #idSize: number;
  readonly #numbers = new NumberSorter();
  /* The rows as they came. */
  #rows = new Uint8Array(0);
  #rowSize = 0;
  #longest = 0;

  constructor(idSize: number) {
    this.#idSize = idSize;
  }

  /**
   * Sorts mentions whose ids start with the same byte; those of one id stay in the order in which they came.
   * The next 4 bytes of the ids are sorted as numbers. Only where ids are alike in these and yet not in order are they compared as bytes.
   * @returns the most bytes that two ids which are not the same start with alike; 0 if there are no two
   */
  sort({ pieces, size, rowSize }: Mentions): number {
    if (this.#rows.length < size) this.#rows = new Uint8Array(size);
    this.#rowSize = rowSize;
    this.#gather(pieces, size);
    const order = this.#order(size / rowSize);
    this.#putBack(order, pieces);
    return this.#longest;
  }

  #gather(pieces: readonly Uint8Array[], size: number): void {
    let at = 0;
    for (const piece of pieces) {
      const used = Math.min(piece.length, size - at);
      this.#rows.set(piece.subarray(0, used), at);
      at += used;
    }
  }

  /** The numbers of the rows in the order of their ids. */
  #order(count: number): Uint32Array {
    const heads = this.#numbers.room(count);
    for (let row = 0; row < count; row++) heads[row] = getU32(this.#rows, row * this.#rowSize + 1);
    const order = this.#numbers.sort(count);
    this.#longest = 0;
    for (let start = 0, end = 0; start < count; start = end) {
      while (end < count && heads[end] === heads[start]) end++;
      if (!this.#pass(order, start, end)) {
        order.subarray(start, end).sort((a, b) => this.#compare(a, b) || a - b);
        this.#pass(order, start, end);
      }
    }
    return order;
  }

  /** Looks how much neighbours from `start` to `end`, and that before them, are alike. False: they are not in order. */
  #pass(order: Uint32Array, start: number, end: number): boolean {
    const rows = this.#rows;
    for (let at = Math.max(start, 1); at < end; at++) {
      const [before, row] = [order[at - 1]!, order[at]!];
      const shared = this.#sharedBytes(before, row);
      if (shared === this.#idSize) continue;
      if (at > start && rows[before * this.#rowSize + shared]! > rows[row * this.#rowSize + shared]!) return false;
      if (shared > this.#longest) this.#longest = shared;
    }
    return true;
  }

  #compare(a: number, b: number): number {
    const shared = this.#sharedBytes(a, b);
    return shared === this.#idSize ? 0 : this.#rows[a * this.#rowSize + shared]! - this.#rows[b * this.#rowSize + shared]!;
  }

  /** Bytes that the ids of two rows start with alike. */
  #sharedBytes(a: number, b: number): number {
    const rows = this.#rows;
    const [startA, startB] = [a * this.#rowSize, b * this.#rowSize];
    let shared = 1;
    while (shared < this.#idSize && rows[startA + shared] === rows[startB + shared]) shared++;
    return shared;
  }

  #putBack(order: Uint32Array, pieces: readonly Uint8Array[]): void {
    // A row is a whole number of words, and so is copied in a quarter of the steps.
    const rows = new Uint32Array(this.#rows.buffer);
    const rowWords = this.#rowSize / 4;
    let number = 0;
    for (const { buffer } of pieces) {
      const piece = new Uint32Array(buffer);
      for (let at = 0; at < piece.length && number < order.length; number++) {
        const start = order[number]! * rowWords;
        for (let word = 0; word < rowWords; word++) piece[at++] = rows[start + word]!;
      }
    }
  }
}
