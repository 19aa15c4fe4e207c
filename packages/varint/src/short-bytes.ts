/*
 * The few bytes of a key or a value. What there is in the language for many takes longer for these, most of all to make a view; and four at a time take
 * little more than half as long as one after another.
 */

/** Copies `from[start]` up to `from[end]` to where `to[at]` is, and returns where the copy ends. */
export function copyShort(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let pos = start;
  let target = at;
  for (; pos + 4 <= end; pos += 4, target += 4) {
    to[target] = from[pos]!;
    to[target + 1] = from[pos + 1]!;
    to[target + 2] = from[pos + 2]!;
    to[target + 3] = from[pos + 3]!;
  }
  while (pos < end) to[target++] = from[pos++]!;
  return target;
}

/** How many of their first `end` bytes `a` and `b` share before one differs. */
export function sharedLength(a: Uint8Array, b: Uint8Array, end: number): number {
  let at = 0;
  while (at + 4 <= end && a[at] === b[at] && a[at + 1] === b[at + 1] && a[at + 2] === b[at + 2] && a[at + 3] === b[at + 3]) at += 4;
  while (at < end && a[at] === b[at]) at++;
  return at;
}

/** Whether the first `length` bytes of `part` stand at `offset` of `bytes`. */
export function hasBytesAt(bytes: Uint8Array, offset: number, part: Uint8Array, length = part.length): boolean {
  let at = 0;
  let pos = offset;
  for (; at + 4 <= length; at += 4, pos += 4) {
    if (bytes[pos] !== part[at] || bytes[pos + 1] !== part[at + 1] || bytes[pos + 2] !== part[at + 2] || bytes[pos + 3] !== part[at + 3]) return false;
  }
  while (at < length) if (bytes[pos++] !== part[at++]) return false;
  return true;
}
