import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonPrefixLength, compareBytes } from './compare.js';
import { copyShort, hasBytesAt, sharedLength } from './short-bytes.js';

/** Mostly alike, and of all lengths that are done by fours and that are not. */
const bytes = fc.uint8Array({ maxLength: 14, max: 1 });

test('copyShort copies what is asked for, and nothing beside it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 14, min: 1 }), fc.nat(14), fc.nat(14), fc.nat(3), (from, a, b, at) => {
      const [start = 0, end = 0] = [a, b].map((offset) => offset % (from.length + 1)).sort((x, y) => x - y);
      const to = new Uint8Array(20);
      expect(copyShort(from, start, end, to, at)).toBe(at + end - start);
      const expected = new Uint8Array(20);
      expected.set(from.subarray(start, end), at);
      expect(to).toEqual(expected);
    }),
  );
});

test('sharedLength is that of the common prefix, up to the end', () => {
  fc.assert(
    fc.property(bytes, bytes, fc.nat(14), (a, b, most) => {
      const end = Math.min(a.length, b.length, most);
      expect(sharedLength(a, b, end)).toBe(Math.min(commonPrefixLength(a, b), end));
    }),
  );
});

test('hasBytesAt equals a comparison of the slice', () => {
  fc.assert(
    fc.property(bytes, fc.nat(15), bytes, (whole, offset, part) => {
      const slice = whole.subarray(offset, offset + part.length);
      expect(hasBytesAt(whole, offset, part)).toBe(slice.length === part.length && compareBytes(slice, part) === 0);
    }),
  );
  fc.assert(
    fc.property(bytes, fc.nat(14), fc.nat(14), (whole, a, b) => {
      const [start = 0, end = 0] = [a, b].map((offset) => offset % (whole.length + 1)).sort((x, y) => x - y);
      expect(hasBytesAt(whole, start, whole.slice(start), end - start)).toBe(true);
    }),
  );
});
