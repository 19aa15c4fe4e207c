import { expect, test } from 'vitest';
import { refusedSstV2Tables, sstV2GitTables, sstV2Tables } from './index.js';

test('no table is lost', () => {
  expect([sstV2Tables().length, sstV2GitTables().length, refusedSstV2Tables().length]).toEqual([16, 16, 82]);
});

test('each ends as its format does', () => {
  for (const { name, bytes } of [...sstV2Tables(), ...sstV2GitTables()]) expect(Buffer.from(bytes.subarray(-8, -4)).toString(), name).toBe('REFT');
});
