import { ReftableError } from '@reftable/varint';
import { copyShort } from '@reftable/varint/bytes';

/** The character codes of the hex digits. */
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Each byte in hex. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The value of a hex digit by its character code; 255 for every other character below 128. */
const VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  VALUES[value.toString(16).charCodeAt(0)] = value;
  VALUES[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** The bytes from `start` to `end` in lower-case hex, as an object id is shown. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let hex = '';
  let pos = start;
  for (; pos + 20 <= end; pos += 20) hex += hexOf20(bytes, pos);
  for (; pos < end; pos++) hex += BYTES[bytes[pos]!]!;
  return hex;
}

/** All at once: a string that is put together from pieces takes longer to make, and to read longer still. */
function hexOf20(bytes: Uint8Array, pos: number): string {
  return String.fromCharCode(
    DIGITS[bytes[pos]! >> 4]!, DIGITS[bytes[pos]! & 15]!, DIGITS[bytes[pos + 1]! >> 4]!, DIGITS[bytes[pos + 1]! & 15]!,
    DIGITS[bytes[pos + 2]! >> 4]!, DIGITS[bytes[pos + 2]! & 15]!, DIGITS[bytes[pos + 3]! >> 4]!, DIGITS[bytes[pos + 3]! & 15]!,
    DIGITS[bytes[pos + 4]! >> 4]!, DIGITS[bytes[pos + 4]! & 15]!, DIGITS[bytes[pos + 5]! >> 4]!, DIGITS[bytes[pos + 5]! & 15]!,
    DIGITS[bytes[pos + 6]! >> 4]!, DIGITS[bytes[pos + 6]! & 15]!, DIGITS[bytes[pos + 7]! >> 4]!, DIGITS[bytes[pos + 7]! & 15]!,
    DIGITS[bytes[pos + 8]! >> 4]!, DIGITS[bytes[pos + 8]! & 15]!, DIGITS[bytes[pos + 9]! >> 4]!, DIGITS[bytes[pos + 9]! & 15]!,
    DIGITS[bytes[pos + 10]! >> 4]!, DIGITS[bytes[pos + 10]! & 15]!, DIGITS[bytes[pos + 11]! >> 4]!, DIGITS[bytes[pos + 11]! & 15]!,
    DIGITS[bytes[pos + 12]! >> 4]!, DIGITS[bytes[pos + 12]! & 15]!, DIGITS[bytes[pos + 13]! >> 4]!, DIGITS[bytes[pos + 13]! & 15]!,
    DIGITS[bytes[pos + 14]! >> 4]!, DIGITS[bytes[pos + 14]! & 15]!, DIGITS[bytes[pos + 15]! >> 4]!, DIGITS[bytes[pos + 15]! & 15]!,
    DIGITS[bytes[pos + 16]! >> 4]!, DIGITS[bytes[pos + 16]! & 15]!, DIGITS[bytes[pos + 17]! >> 4]!, DIGITS[bytes[pos + 17]! & 15]!,
    DIGITS[bytes[pos + 18]! >> 4]!, DIGITS[bytes[pos + 18]! & 15]!, DIGITS[bytes[pos + 19]! >> 4]!, DIGITS[bytes[pos + 19]! & 15]!,
  );
}

/**
 * Writes an object id into `target` at `offset`.
 * @param id 40 or 64 hex digits, or 20 or 32 bytes
 * @param size 20 for SHA-1, 32 for SHA-256
 * @throws `OBJECT_ID` (misuse) if `id` is not exactly `size` bytes, or not hex
 */
export function putObjectId(target: Uint8Array, offset: number, id: string | Uint8Array, size: number): void {
  if (typeof id !== 'string') {
    if (id.length !== size) throw notAnId(`${id.length} bytes`, size);
    copyShort(id, 0, size, target, offset);
    return;
  }
  if (id.length !== size * 2) throw notAnId(`"${id}"`, size);
  for (let index = 0; index < size; index++) {
    const high = VALUES[id.charCodeAt(index * 2)] ?? 255;
    const low = VALUES[id.charCodeAt(index * 2 + 1)] ?? 255;
    if ((high | low) > 15) throw notAnId(`"${id}"`, size);
    target[offset + index] = (high << 4) | low;
  }
}

/** An object id as bytes. @throws `OBJECT_ID` (misuse) */
export function objectIdBytes(id: string | Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  putObjectId(bytes, 0, id, size);
  return bytes;
}

function notAnId(what: string, size: number): ReftableError {
  return new ReftableError('misuse', 'OBJECT_ID', `${what} is not an object id of ${size * 2} hex digits or ${size} bytes`);
}
