/** A digit of 12 bits: two passes over numbers of 24. */
const DIGIT = 12;
const DIGITS = 1 << DIGIT;

/**
 * Sorts numbers below 2^24 by one digit after the other, from the last to the first: several times faster than to compare them. The memory for that is
 * kept for the next numbers.
 */
export class NumberSorter {
  #numbers = new Uint32Array(0);
  #places = new Uint32Array(0);
  #otherNumbers = new Uint32Array(0);
  #otherPlaces = new Uint32Array(0);
  /** Where the next number of each digit goes. */
  readonly #next = new Uint32Array(DIGITS + 1);

  /** Where `count` numbers are to be put, and stand sorted in the end. The next call gives the same memory. */
  room(count: number): Uint32Array {
    if (count > this.#numbers.length) {
      this.#numbers = new Uint32Array(count);
      this.#places = new Uint32Array(count);
      this.#otherNumbers = new Uint32Array(count);
      this.#otherPlaces = new Uint32Array(count);
    }
    return this.#numbers.subarray(0, count);
  }

  /** Sorts the first `count` and returns where each of them stood, until the next call. Equal ones stay in the order in which they came. */
  sort(count: number): Uint32Array {
    const places = this.#places.subarray(0, count);
    for (let index = 0; index < count; index++) places[index] = index;
    this.#pass(0, count, this.#numbers, this.#places, this.#otherNumbers, this.#otherPlaces);
    this.#pass(DIGIT, count, this.#otherNumbers, this.#otherPlaces, this.#numbers, this.#places);
    return places;
  }

  #pass(shift: number, count: number, numbers: Uint32Array, places: Uint32Array, toNumbers: Uint32Array, toPlaces: Uint32Array): void {
    const next = this.#next.fill(0);
    for (let index = 0; index < count; index++) next[((numbers[index]! >>> shift) & (DIGITS - 1)) + 1]!++;
    for (let digit = 1; digit < DIGITS; digit++) next[digit]! += next[digit - 1]!;
    for (let index = 0; index < count; index++) {
      const number = numbers[index]!;
      const to = next[(number >>> shift) & (DIGITS - 1)]!++;
      toNumbers[to] = number;
      toPlaces[to] = places[index]!;
    }
  }
}
