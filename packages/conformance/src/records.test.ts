import { expect, test } from 'vitest';
import { bytesOf, exact } from './index.js';

test('a number is exact, also where it is a string', () => {
  expect(exact(7)).toBe(7n);
  expect(exact('18446744073709551615')).toBe(2n ** 64n - 1n);
});

test('the bytes of a text come from its key or from its hex', () => {
  expect([...bytesOf({ name: 'é' }, 'name')]).toEqual([0xc3, 0xa9]);
  expect([...bytesOf({ name: '\ufeffa' }, 'name')]).toEqual([0xef, 0xbb, 0xbf, 0x61]);
  expect([...bytesOf({ name_hex: 'ff00' }, 'name')]).toEqual([0xff, 0]);
  expect([...bytesOf({ name: '' }, 'name')]).toEqual([]);
});

test('a record without the text is an error', () => {
  expect(() => bytesOf({}, 'name')).toThrow('neither name nor name_hex');
});
