import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortNumbers } from './radix-sort.js';

/** Many that are equal in one half of their bits, or in both. */
const number = fc.oneof(
  fc.nat(3),
  fc.nat(3).map((n) => n * 0x4000_0000),
  fc.nat(0xffff),
  fc.nat(0xffff_ffff),
);

test('sorts as comparing does, and says where each number stood, equal ones in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const places = numbers.map((_, index) => index).sort((a, b) => numbers[a]! - numbers[b]! || a - b);
      const sorted = Uint32Array.from(numbers);
      expect([...sortNumbers(sorted)]).toEqual(places);
      expect([...sorted]).toEqual(places.map((place) => numbers[place]!));
    }),
    { numRuns: 50 },
  );
});
