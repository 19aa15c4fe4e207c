import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonPrefixLength, compareBytes, pastPrefix } from './compare.js';
import { hasBytesAt } from './short-bytes.js';

/** Keys that are often alike: few letters, the ends of the range of a byte among them. */
const keys = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes));

/** Order as one would define it: of texts in which each byte is two digits, which is what hex sorts by. */
function naive(a: Uint8Array, b: Uint8Array): number {
  const [x, y] = [Buffer.from(a).toString('hex'), Buffer.from(b).toString('hex')];
  return x < y ? -1 : x > y ? 1 : 0;
}

describe('compareBytes', () => {
  test('bytes are unsigned, and a shorter key comes before one that goes on', () => {
    expect(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(2), Uint8Array.of(1, 0))).toBeGreaterThan(0);
    expect(compareBytes(new Uint8Array(0), new Uint8Array(0))).toBe(0);
  });

  test('equals a naive order and that of Buffer', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(naive(a, b));
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      }),
    );
  });

  test('is a total order', () => {
    fc.assert(
      fc.property(keys, keys, keys, (a, b, c) => {
        expect(compareBytes(a, a.slice())).toBe(0);
        expect(Math.sign(compareBytes(a, b)) + Math.sign(compareBytes(b, a))).toBe(0);
        if (compareBytes(a, b) === 0) expect(a).toEqual(b);
        if (compareBytes(a, b) <= 0 && compareBytes(b, c) <= 0) expect(compareBytes(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

test('commonPrefixLength is the longest start that both have', () => {
  fc.assert(
    fc.property(keys, keys, keys, (start, a, b) => {
      const [x, y] = [Uint8Array.of(...start, ...a), Uint8Array.of(...start, ...b)];
      const length = commonPrefixLength(x, y);
      expect(length).toBeGreaterThanOrEqual(start.length);
      expect(x.subarray(0, length)).toEqual(y.subarray(0, length));
      if (length < Math.min(x.length, y.length)) expect(x[length]).not.toBe(y[length]);
      expect(commonPrefixLength(y, x)).toBe(length);
    }),
  );
});

describe('pastPrefix', () => {
  test('comes after all that start with the prefix, and nothing else does that is less', () => {
    const bytes = fc.array(fc.constantFrom(0, 1, 0xfe, 0xff), { maxLength: 4 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(bytes, bytes, (prefix, other) => {
        const past = pastPrefix(prefix);
        const isPast = compareBytes(other, prefix) > 0 && !hasBytesAt(other, 0, prefix);
        expect(past !== undefined && compareBytes(other, past) >= 0).toBe(isPast);
      }),
    );
  });

  test('is nothing for the empty prefix, and for one of the highest bytes only', () => {
    expect(pastPrefix(new Uint8Array(0))).toBeUndefined();
    expect(pastPrefix(Uint8Array.of(0xff, 0xff))).toBeUndefined();
  });
});
