import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf } from './block.testing.js';
import { idSize } from './hash.js';
import { objectIdBytes, putObjectId, toHex } from './object-id.js';

test('an id has 20 bytes in SHA-1, 32 in SHA-256', () => {
  expect([idSize('sha1'), idSize('sha256')]).toEqual([20, 32]);
});

test('hex is that of Buffer, of any part of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
      const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      expect(toHex(bytes, start, end)).toBe(Buffer.from(bytes).toString('hex', start, end));
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});

test('hex and bytes are the same id, in either case', () => {
  fc.assert(
    fc.property(fc.constantFrom(20, 32), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, random) => {
      const bytes = random.slice(0, size);
      expect(objectIdBytes(toHex(bytes), size)).toEqual(bytes);
      expect(objectIdBytes(toHex(bytes).toUpperCase(), size)).toEqual(bytes);
      expect(objectIdBytes(bytes, size)).toEqual(bytes);
    }),
  );
});

test('is put where it is to be, and nothing around it is touched', () => {
  const target = new Uint8Array(24).fill(7);
  putObjectId(target, 2, '1f'.repeat(20), 20);
  expect(target).toEqual(Uint8Array.of(7, 7, ...new Uint8Array(20).fill(0x1f), 7, 7));
});

test.each([
  ['too few digits', '1f'.repeat(19)],
  ['a digit too many', `${'1f'.repeat(20)}1`],
  ['those of SHA-256', '1f'.repeat(32)],
  ['no hex', `${'1f'.repeat(19)}1g`],
  ['blanks', `${'1f'.repeat(19)} 1`],
  ['characters beyond ASCII', `${'1f'.repeat(19)}1\u0131`],
  ['empty', ''],
  ['bytes of SHA-256', new Uint8Array(32)],
  ['no bytes', new Uint8Array(0)],
])('%s: refused', (_, id) => {
  expect(codeOf(() => objectIdBytes(id, 20))).toBe('OBJECT_ID');
});
