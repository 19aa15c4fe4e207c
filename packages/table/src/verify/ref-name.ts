/* What a ref may be called: the rules of `git check-ref-format --allow-onelevel`, on bytes. */

const SLASH = 0x2f;
const DOT = 0x2e;
const AT = 0x40;
const BRACE = 0x7b;
const LOCK = Uint8Array.from('.lock', (letter) => letter.charCodeAt(0));

/** 1 for bytes that no name may have: control characters, space, and ~ ^ : ? * [ \ */
const FORBIDDEN = new Uint8Array(256).fill(1, 0, 0x21);
for (const letter of '\x7f~^:?*[\\') FORBIDDEN[letter.charCodeAt(0)] = 1;

/** Why the bytes from `start` to `end` are no name for a ref; undefined if they are one. */
export function refNameFault(bytes: Uint8Array, start: number, end: number): string | undefined {
  let part = start;
  let last = SLASH;
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (FORBIDDEN[byte] === 1) return `has a byte 0x${byte.toString(16).padStart(2, '0')}`;
    if (byte === DOT && last === DOT) return 'has two dots in a row';
    if (byte === DOT && last === SLASH) return 'has a part that begins with a dot';
    if (byte === BRACE && last === AT) return 'has "@{" in it';
    if (byte === SLASH) {
      if (last === SLASH) return 'has an empty part';
      if (endsWithLock(bytes, part, pos)) return 'has a part that ends with ".lock"';
      part = pos + 1;
    }
    last = byte;
  }
  if (last === SLASH) return start === end ? 'is empty' : 'ends with a slash';
  if (last === DOT) return 'ends with a dot';
  if (endsWithLock(bytes, part, end)) return 'has a part that ends with ".lock"';
  return end - start === 1 && last === AT ? 'is "@"' : undefined;
}

function endsWithLock(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = 1; index <= LOCK.length; index++) if (end - index < start || bytes[end - index] !== LOCK[LOCK.length - index]) return false;
  return true;
}
