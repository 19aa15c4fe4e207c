import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.js';

/** Bit by bit, as the definition has it. */
function bitByBit(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return ~sum >>> 0;
}

describe('crc32c', () => {
  test.each([
    ['nothing', new Uint8Array(0), 0],
    ['123456789, the check of every catalogue', new TextEncoder().encode('123456789'), 0xe3069283],
    ['32 zeros (RFC 3720)', new Uint8Array(32), 0x8a9136aa],
    ['32 times 0xff (RFC 3720)', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31 (RFC 3720)', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    ['the body of the first example', Uint8Array.from([66, 19, 8, 0, 18, 3, 101, 102, 103, 24, 42, 34, 8, 1, 2, 3, 4, 5, 6, 7, 8]), 0x5acc2712],
  ])('%s', (_, bytes, sum) => expect(crc32c(bytes)).toBe(sum));

  test('of any part of any bytes is what the definition says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), fc.nat(20), (bytes, before, after) => {
        const end = Math.max(before, bytes.length - after);
        expect(crc32c(bytes, before, Math.min(end, bytes.length))).toBe(bitByBit(bytes.subarray(before, end)));
      }),
    );
  });
});
