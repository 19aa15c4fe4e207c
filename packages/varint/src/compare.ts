/* Order and likeness of keys. Keys are bytes, and their order is that of unsigned bytes, a shorter key before one that goes on. */

/** How many bytes `a` and `b` have in common at their start. */
export function commonPrefixLength(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

/** Negative, zero or positive, as `a` sorts before, with or after `b`. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const same = commonPrefixLength(a, b);
  return same < a.length && same < b.length ? a[same]! - b[same]! : a.length - b.length;
}

/**
 * The first index from 0 up to `length` for which `isAtOrPast` holds, or `length` where there is none.
 * Where it holds for one index, it must hold for all after it.
 * It is called about log2(length) times, never for an empty range.
 */
export function binarySearch(length: number, isAtOrPast: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtOrPast(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
