import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindOfFile, rangeInName, tableName, temporaryName, type FileKind } from './table-name.js';
import { formatTableList, parseTableList } from './table-list.js';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('what a name says of its file', () => {
  test.each<[FileKind, string]>([
    ['list', 'tables.list'],
    ['lock', 'tables.list.lock'],
    ['lock', '0x000000000001-0x000000000001-781aa350.ref.lock'],
    ['table', '0x000000000001-0x000000000001-781aa350.ref'],
    ['table', '000000000001-000000000002-781aa350.ref'],
    ['table', '000000000001-000000000002-781aa350.log'],
    ['table', '000000000001-000000000002.ref'],
    ['table', '0xffffffffffffffff-0xffffffffffffffff-00000000.ref'],
    ['temporary', '0x000000000001-0x000000000001-781aa350.temp.Ab3dEf'],
    ['jgit-temporary', '000000000001-000000000002-781aa350.ref_123.ref'],
    ['jgit-temporary', '000000000001-000000000002-781aa350.log_9.ref'],
    ['other', '0x000000000001-0x000000000001-781aa350.temp.Ab3'],
    ['other', '0x00000000000000001-0x000000000001-781aa350.ref'],
    ['other', '0x000000000001.ref'],
    ['other', '0x000000000001-0x000000000001-781aa350.sst'],
    ['other', '0x000000000001-0x000000000001-781aa350.bak'],
    ['other', '1-1.txt'],
    ['other', 'tables.list~pid.lock2'],
    ['other', 'heads'],
    ['other', ''],
  ])('%s: %s', (kind, name) => {
    expect(kindOfFile(name)).toBe(kind);
  });

  test('tables of another format end otherwise, beside which those of Git and JGit are tables too', () => {
    const name = '0x000000000001-0x000000000001-781aa350';
    expect(['.sst', '.ref', '.log', '.bak'].map((ending) => kindOfFile(name + ending, '.sst'))).toEqual(['table', 'table', 'table', 'other']);
  });
});

test('ours look as those of Git do', () => {
  expect(tableName(1n, 11n, 0x781aa350, '.ref')).toBe('0x000000000001-0x00000000000b-781aa350.ref');
  expect(tableName(0n, 2n ** 64n - 1n, 1, '.ref')).toBe('0x000000000000-0xffffffffffffffff-00000001.ref');
  expect(temporaryName(1n, 1n, 0, 0)).toBe('0x000000000001-0x000000000001-00000000.temp.aaaaaa');
});

test('each of ours is known for what it is, may be listed, and says its update indexes', () => {
  const property = fc.property(u64, u64, u32, u32, (min, max, random, more) => {
    const name = tableName(min, max, random, '.ref');
    expect(kindOfFile(name)).toBe('table');
    expect(rangeInName(name)).toEqual({ min, max });
    expect(parseTableList(formatTableList([name]), 'list')).toEqual([name]);
    const temporary = temporaryName(min, max, random, more);
    expect(kindOfFile(temporary)).toBe('temporary');
    expect(rangeInName(temporary)).toBeUndefined();
  });
  fc.assert(property);
});

test('the random part of ours tells them apart', () => {
  const property = fc.property(u32, u32, (a, b) => {
    expect(tableName(1n, 1n, a, '.ref') === tableName(1n, 1n, b, '.ref')).toBe(a === b);
  });
  fc.assert(property);
});

test('a name that is none of ours says nothing', () => {
  for (const name of ['a.ref', 'tables.list', '0x1.ref', '0xg-0x1.ref']) expect(rangeInName(name)).toBeUndefined();
  expect(rangeInName('00000000000a-00000000000B-781aa350.log')).toEqual({ min: 10n, max: 11n });
});
