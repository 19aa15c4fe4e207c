import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSorter } from './number-sorter.js';

/** Many that are equal in some of their digits, or in all. */
const number = fc.oneof(
  fc.nat(3),
  fc.nat(3).map((n) => n * 0x40_0000),
  fc.nat(0xffff),
  fc.nat(0xff_ffff),
);

test('sorts as comparing does, and says where each number stood, equal ones in the order in which they came', () => {
  const sorter = new NumberSorter();
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const places = numbers.map((_, index) => index).sort((a, b) => numbers[a]! - numbers[b]! || a - b);
      const sorted = sorter.room(numbers.length);
      sorted.set(numbers);
      expect([...sorter.sort(numbers.length)]).toEqual(places);
      expect([...sorted]).toEqual(places.map((place) => numbers[place]!));
    }),
    { numRuns: 50 },
  );
});
