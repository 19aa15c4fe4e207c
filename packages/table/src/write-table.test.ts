import { expect, test } from 'vitest';
import { codeOf, contentOf, deletion, direct, LIMITS, logDeletion, open, update, write, writeRaw } from './table.testing.js';
import { writeTable } from './write-table.js';

const refs = [direct('a'), deletion('a/b'), direct('a0'), direct('b')];
const logs = [update('a', 3), logDeletion('a', 2), update('a', 1), update('a/b', 2), update('b', 3)];

test('takes records in any order, and makes of them what a writer makes of them in theirs', () => {
  const expected = writeRaw({ refs, logs }, { maxUpdateIndex: 3 }).bytes;
  expect(write({ refs: refs.toReversed(), logs: logs.toReversed() }, { maxUpdateIndex: 3 })).toEqual(expected);
  expect(contentOf(open(expected))).toEqual({ refs, logs });
});

test('the order is that of bytes, not of strings', () => {
  const names = ['refs/\u{1f600}', 'refs/\uffee', 'refs/z'];
  expect([...open(write({ refs: names.map((name) => direct(name)) })).names()]).toEqual(['refs/z', 'refs/\uffee', 'refs/\u{1f600}']);
});

test('exact names and update indexes count for the order', () => {
  const odd = [Uint8Array.of(0xff), Uint8Array.of(0xfe, 1)].map((nameBytes) => ({ ...direct('\ufffd'), nameBytes }));
  expect(Array.from(open(write({ refs: odd })).refs(), ({ nameBytes }) => nameBytes)).toEqual([Uint8Array.of(0xfe, 1), Uint8Array.of(0xff)]);
  const exact = [2n ** 60n, 2n ** 60n + 1n].map((updateIndexExact) => ({ ...update('a', 1), updateIndexExact }));
  const table = open(writeTable({ logs: exact }, { minUpdateIndex: 1, maxUpdateIndex: 2n ** 61n }));
  expect(Array.from(table.log('a'), ({ updateIndexExact }) => updateIndexExact)).toEqual([2n ** 60n + 1n, 2n ** 60n]);
});

test('takes any iterable, and what it is given is left as it was', () => {
  const given = Object.freeze(refs.toReversed());
  expect(write({ refs: new Set(given) })).toEqual(write({ refs }));
});

test('the same key twice is refused', () => {
  expect(codeOf(() => write({ refs: [direct('a'), direct('b'), direct('a')] }))).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => write({ logs: [update('a', 1), logDeletion('a', 1)] }))).toBe('KEYS_NOT_ASCENDING');
});

test('nothing: an empty table', () => {
  expect(writeTable({}, LIMITS).length).toBe(92);
});
