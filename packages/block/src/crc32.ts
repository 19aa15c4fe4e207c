/* CRC-32 as in zlib (polynomial 0xedb88320, reflected). */

/** What each byte adds to the sum. Made once, at first use. */
let sums: Int32Array | undefined;

function makeSums(): Int32Array {
  const made = new Int32Array(256);
  // What two bits add together is what each adds by itself: so the bytes of one bit give all others.
  for (let bit = 128, crc = 1; bit > 0; bit >>= 1) {
    crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    for (let byte = 0; byte < 256; byte += 2 * bit) made[bit + byte] = crc ^ made[byte]!;
  }
  return made;
}

/** The CRC-32 of `bytes`. */
export function crc32(bytes: Uint8Array): number {
  const table = (sums ??= makeSums());
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}
