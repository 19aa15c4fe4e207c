import { describe, expect, test } from 'vitest';
import { resolveOptions, type TableOptions } from './options.js';
import { codeOf, LIMITS } from './table.testing.js';

const resolved = (options: Partial<TableOptions>): unknown => codeOf(() => resolveOptions({ ...LIMITS, ...options }));

test("the defaults are Git's", () => {
  expect(resolveOptions({ minUpdateIndex: 3, maxUpdateIndex: 4n })).toEqual({
    header: { version: 1, hash: 'sha1', blockSize: 4096, minUpdateIndex: 3n, maxUpdateIndex: 4n },
    blockSize: 4096,
    alignment: 4096,
    restartInterval: 16,
    indexThreshold: 3,
    indexObjects: true,
    maxMentions: Number.MAX_SAFE_INTEGER,
    exactLogMessages: false,
  });
});

test('SHA-256 makes version 2', () => {
  expect(resolved({ hash: 'sha256' })).toMatchObject({ header: { version: 2, hash: 'sha256' } });
});

test('a table that is not aligned says so with block size 0, and has an index from 2 blocks on', () => {
  expect(resolved({ aligned: false, blockSize: 1000 })).toMatchObject({ header: { blockSize: 0 }, blockSize: 1000, alignment: 0, indexThreshold: 1 });
});

describe('what can not be', () => {
  test.each<[string, string, Partial<TableOptions>]>([
    ['block size 0', 'BLOCK_SIZE', { blockSize: 0 }],
    ['block size 1', 'BLOCK_SIZE', { blockSize: 1 }],
    ['a block size one below what the shortest record takes', 'BLOCK_SIZE', { blockSize: 36 }],
    ['the same in version 2', 'BLOCK_SIZE', { blockSize: 40, hash: 'sha256' }],
    ['block size 2^24', 'NUMBER_RANGE', { blockSize: 2 ** 24 }],
    ['block size 100.5', 'NUMBER_RANGE', { blockSize: 100.5 }],
    ['restart interval 0', 'NUMBER_RANGE', { restartInterval: 0 }],
    ['restart interval 65536', 'NUMBER_RANGE', { restartInterval: 65_536 }],
    ['limits reversed', 'LIMITS', { minUpdateIndex: 2, maxUpdateIndex: 1 }],
    ['a hash that is none', 'HASH', { hash: 'SHA1' as 'sha1' }],
    ['part of a mention', 'NUMBER_RANGE', { maxMentions: 1.5 }],
    ['a negative limit', 'NUMBER_RANGE', { minUpdateIndex: -1 }],
    ['a limit that is no whole number', 'NUMBER_RANGE', { maxUpdateIndex: 1.5 }],
    ['a limit over 2^64-1', 'NUMBER_RANGE', { maxUpdateIndex: 2n ** 64n }],
  ])('%s', (_, code, options) => {
    expect(resolved(options)).toBe(code);
  });
});

test.each<Partial<TableOptions>>([
  { blockSize: 37 },
  { blockSize: 41, hash: 'sha256' },
  { blockSize: 2 ** 24 - 1 },
  { restartInterval: 1 },
  { restartInterval: 65_535 },
  { minUpdateIndex: 0, maxUpdateIndex: 2n ** 64n - 1n },
])('just possible: %o', (options) => {
  expect(resolved(options)).toMatchObject({ exactLogMessages: false });
});
