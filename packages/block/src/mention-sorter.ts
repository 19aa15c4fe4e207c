import type { Mentions } from './mentions.js';
import { NumberSorter } from './number-sorter.js';

/** Sorts mentions by their ids. What it needs for that it has once, for all that it sorts. */
export class MentionSorter {
  readonly #numbers = new NumberSorter();
  /** The rows as they came. */
  #rows = new Uint32Array(0);
  #idWords = 0;

  /**
   * Sorts mentions whose ids start with the same byte; those of one id stay in the order in which they came.
   * The next 3 bytes of the ids are sorted as numbers. Only where ids are alike in these are they compared.
   * @returns the most bytes that two ids which are not the same start with alike; 0 if there are no two
   */
  sort({ rows: pieces, count, idWords }: Mentions): number {
    this.#idWords = idWords;
    const rowWords = idWords + 1;
    this.#gather(pieces, count * rowWords);
    const heads = this.#numbers.room(count);
    for (let row = 0; row < count; row++) heads[row] = this.#rows[row * rowWords]! & 0xff_ffff;
    const order = this.#numbers.sort(count);
    const longest = this.#finish(order, heads);
    this.#putBack(order, pieces);
    return longest;
  }

  #gather(pieces: readonly Uint32Array[], size: number): void {
    if (this.#rows.length < size) this.#rows = new Uint32Array(size);
    let at = 0;
    for (const piece of pieces) {
      this.#rows.set(piece, at);
      at += piece.length;
    }
  }

  /** Sorts those rows whose heads are alike. @returns as {@link sort} */
  #finish(order: Uint32Array, heads: Uint32Array): number {
    const count = heads.length;
    let longest = 0;
    for (let start = 0, end = 0; start < count; start = end) {
      while (end < count && heads[end] === heads[start]) end++;
      if (start > 0) longest = Math.max(longest, alikeBytes(heads[start - 1]!, heads[start]!));
      if (end - start > 1) longest = Math.max(longest, this.#sortAlike(order.subarray(start, end)));
    }
    return longest;
  }

  /** Sorts rows whose heads are alike. Often they are all of one id, and so are in order. @returns as {@link sort} */
  #sortAlike(rows: Uint32Array): number {
    let longest = this.#longestIn(rows);
    if (longest > 0) {
      rows.sort((a, b) => this.#compare(a, b) || a - b);
      longest = this.#longestIn(rows);
    }
    return longest;
  }

  /** The most bytes that two neighbours which are not the same start with alike. */
  #longestIn(rows: Uint32Array): number {
    let longest = 0;
    for (let at = 1; at < rows.length; at++) {
      const [before, row] = [rows[at - 1]!, rows[at]!];
      const word = this.#sameWords(before, row);
      if (word < this.#idWords) longest = Math.max(longest, 4 * word + alikeBytes(this.#word(before, word), this.#word(row, word)));
    }
    return longest;
  }

  #compare(a: number, b: number): number {
    const word = this.#sameWords(a, b);
    return word === this.#idWords ? 0 : this.#word(a, word) - this.#word(b, word);
  }

  /** Words that the ids of two rows start with alike. */
  #sameWords(a: number, b: number): number {
    let word = 0;
    while (word < this.#idWords && this.#word(a, word) === this.#word(b, word)) word++;
    return word;
  }

  #word(row: number, word: number): number {
    return this.#rows[row * (this.#idWords + 1) + word]!;
  }

  #putBack(order: Uint32Array, pieces: readonly Uint32Array[]): void {
    const rows = this.#rows;
    const rowWords = this.#idWords + 1;
    let number = 0;
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; number++) {
        const start = order[number]! * rowWords;
        for (let word = 0; word < rowWords; word++) piece[at++] = rows[start + word]!;
      }
    }
  }
}

/** Bytes that two words which are not the same start with alike. */
function alikeBytes(a: number, b: number): number {
  return Math.clz32(a ^ b) >>> 3;
}
