/*
 * CRC-32C (Castagnoli): polynomial 0x1edc6f41, here reflected, initial value and final xor of all ones.
 * Eight bytes a step, by eight tables: SLICES[256 * n + b] is what the byte b does to the sum when n more bytes follow it.
 */

const POLYNOMIAL = 0x82f63b78;

const SLICES = makeSlices();

function makeSlices(): Int32Array {
  const slices = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    slices[byte] = sum;
  }
  for (let index = 256; index < slices.length; index++) {
    const before = slices[index - 256]!;
    slices[index] = (before >>> 8) ^ slices[before & 255]!;
  }
  return slices;
}

/** The CRC-32C of the bytes from `start` to `end`, as an unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let sum = -1;
  let pos = start;
  for (; pos + 8 <= end; pos += 8) {
    const low = sum ^ (bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24));
    sum =
      SLICES[1792 + (low & 255)]! ^
      SLICES[1536 + ((low >>> 8) & 255)]! ^
      SLICES[1280 + ((low >>> 16) & 255)]! ^
      SLICES[1024 + (low >>> 24)]! ^
      SLICES[768 + bytes[pos + 4]!]! ^
      SLICES[512 + bytes[pos + 5]!]! ^
      SLICES[256 + bytes[pos + 6]!]! ^
      SLICES[bytes[pos + 7]!]!;
  }
  for (; pos < end; pos++) sum = (sum >>> 8) ^ SLICES[(sum ^ bytes[pos]!) & 255]!;
  return ~sum >>> 0;
}
