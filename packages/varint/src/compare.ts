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

/** The least key that comes after all that start with `prefix`; undefined if there is none. */
export function pastPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const past = prefix.slice(0, end);
  past[end - 1]!++;
  return past;
}
