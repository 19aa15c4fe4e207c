import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getBigU64, getU16, getU24, getU32, getU64, putU16, putU24, putU32, putU64 } from './fixed.js';
import { MAX_U64 } from './varint.js';

/** The same numbers, read and written by the platform. */
function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

test('the highest byte comes first', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect(getU16(bytes, 0)).toBe(0x0102);
  expect(getU24(bytes, 0)).toBe(0x010203);
  expect(getU32(bytes, 0)).toBe(0x01020304);
  expect(getBigU64(bytes, 0)).toBe(0x0102030405060708n);
  expect(getU64(Uint8Array.of(0, 2, 3, 4, 5, 6, 7, 8), 0)).toBe(0x02030405060708);
});

test('reads what the platform reads, at any offset of a view', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.integer({ min: 0, max: 8 }), (buffer, start) => {
      const bytes = buffer.subarray(start);
      expect(getU16(buffer, start)).toBe(view(bytes).getUint16(0));
      expect(getU24(buffer, start)).toBe(view(bytes).getUint32(0) >>> 8);
      expect(getU32(buffer, start)).toBe(view(bytes).getUint32(0));
      expect(getBigU64(buffer, start)).toBe(view(bytes).getBigUint64(0));
    }),
  );
});

test.each([
  { width: 2, put: putU16, get: getU16 },
  { width: 3, put: putU24, get: getU24 },
  { width: 4, put: putU32, get: getU32 },
])('round trip of $width bytes, which touches no others', ({ width, put, get }) => {
  const max = 256 ** width - 1;
  const value = fc.oneof(fc.integer({ min: 0, max }), fc.constantFrom(0, 1, 127, 128, 255, max - 1, max));
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 5 }), (number, offset) => {
      const bytes = new Uint8Array(12).fill(0xaa);
      put(bytes, offset, number);
      expect(get(bytes, offset)).toBe(number);
      expect(bytes.subarray(0, offset).every((byte) => byte === 0xaa)).toBe(true);
      expect(bytes.subarray(offset + width).every((byte) => byte === 0xaa)).toBe(true);
    }),
  );
});

test('round trip of 8 bytes, as number and as bigint alike', () => {
  const edges = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, MAX_U64];
  fc.assert(
    fc.property(fc.oneof(fc.bigInt({ min: 0n, max: MAX_U64 }), fc.constantFrom(...edges)), (value) => {
      const bytes = new Uint8Array(10).fill(0xaa);
      putU64(bytes, 1, value);
      expect(view(bytes).getBigUint64(1)).toBe(value);
      expect(getBigU64(bytes, 1)).toBe(value);
      expect([bytes[0], bytes[9]]).toEqual([0xaa, 0xaa]);
      if (value > Number.MAX_SAFE_INTEGER) {
        expect(() => getU64(bytes, 1)).toThrow(expect.objectContaining({ code: 'NUMBER_UNSAFE', offset: 1 }));
      } else {
        expect(getU64(bytes, 1)).toBe(Number(value));
        const same = new Uint8Array(10).fill(0xaa);
        putU64(same, 1, Number(value));
        expect(same).toEqual(bytes);
      }
    }),
  );
});
