/** A digit of 16 bits: two passes over numbers of 32. */
const DIGITS = 1 << 16;

/**
 * Sorts the numbers and returns where each of them stood. Equal ones stay in the order in which they came.
 * By their last digit first, then by the other: for some hundred thousand numbers, several times faster than to compare them.
 */
export function sortNumbers(numbers: Uint32Array): Uint32Array {
  const places = new Uint32Array(numbers.length).map((_, index) => index);
  const [otherNumbers, otherPlaces] = [new Uint32Array(numbers.length), new Uint32Array(numbers.length)];
  sortByDigit(0, numbers, places, otherNumbers, otherPlaces);
  sortByDigit(16, otherNumbers, otherPlaces, numbers, places);
  return places;
}

function sortByDigit(shift: number, numbers: Uint32Array, places: Uint32Array, toNumbers: Uint32Array, toPlaces: Uint32Array): void {
  // Where the next number of each digit goes.
  const next = new Uint32Array(DIGITS + 1);
  for (const number of numbers) next[((number >>> shift) % DIGITS) + 1]!++;
  for (let digit = 1; digit < DIGITS; digit++) next[digit]! += next[digit - 1]!;
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]!;
    const to = next[(number >>> shift) % DIGITS]!++;
    toNumbers[to] = number;
    toPlaces[to] = places[index]!;
  }
}
