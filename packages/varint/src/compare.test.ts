import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binarySearch, commonPrefixLength, compareBytes } from './compare.js';

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

describe('binarySearch', () => {
  test('of an empty range is 0, and asks nothing', () => {
    expect(
      binarySearch(0, () => {
        throw new Error('asked');
      }),
    ).toBe(0);
  });

  test('finds the first element that is not below the needle: below, at, between and above all', () => {
    const sorted = [2, 4, 4, 7];
    const find = (needle: number) => binarySearch(sorted.length, (index) => sorted[index]! >= needle);
    expect([1, 2, 3, 4, 5, 7, 8].map(find)).toEqual([0, 0, 1, 1, 3, 3, 4]);
  });

  test('agrees with a scan, stays in range and asks at most log2(n) + 1 times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), fc.integer({ min: -1, max: 51 }), (list, needle) => {
        const sorted = list.toSorted((a, b) => a - b);
        let asked = 0;
        const found = binarySearch(sorted.length, (index) => {
          asked++;
          expect(index).toBeGreaterThanOrEqual(0);
          expect(index).toBeLessThan(sorted.length);
          return sorted[index]! >= needle;
        });
        expect(found).toBe(sorted.filter((element) => element < needle).length);
        expect(asked).toBeLessThanOrEqual(sorted.length === 0 ? 0 : Math.floor(Math.log2(sorted.length)) + 1);
      }),
    );
  });
});
