import { BytesSource, performReadSync, runSync } from '@reftable/io';
import { openTableSync, writeTable } from '@reftable/table';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MergedTableSync } from './merged-table.js';
import { hashOf, NameFilter } from './name-filter.js';

const bytesOf = (name: string): Uint8Array => new TextEncoder().encode(name);
const hash = (name: string): number => hashOf(bytesOf(name), bytesOf(name).length);

function tableOf(names: readonly string[], updateIndex = 1): Uint8Array {
  const refs = names.map((name) => ({ name, updateIndex, kind: 'direct' as const, oid: 'ab'.repeat(20) }));
  return writeTable({ refs }, { minUpdateIndex: updateIndex, maxUpdateIndex: updateIndex });
}

function miss(filter: NameFilter): void {
  if (filter.missed()) runSync(filter.read(), performReadSync);
}

function learned(bytes: Uint8Array): NameFilter {
  const filter = new NameFilter(openTableSync(new BytesSource(bytes)).tableCore);
  for (let misses = 0; misses < 256; misses++) miss(filter);
  return filter;
}

const names = (count: number, prefix = 'refs/heads/'): string[] => Array.from({ length: count }, (_, index) => prefix + String(index));

test('every name that the table has, may be there', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 200 }), (all) => {
      const distinct = [...new Set(all.map((name) => new TextDecoder().decode(bytesOf(name))))];
      const filter = learned(tableOf(distinct));
      return distinct.every((name) => filter.mayHave(hash(name)));
    }),
  );
});

test('few of those that it does not have', () => {
  const filter = learned(tableOf(names(1000)));
  const wrong = names(10_000, 'refs/tags/').filter((name) => filter.mayHave(hash(name))).length;
  expect(wrong).toBeLessThan(400);
});

test('before enough was asked, and in a large or damaged table, any name may be there', () => {
  const filter = new NameFilter(openTableSync(new BytesSource(tableOf(['a']))).tableCore);
  for (let misses = 0; misses < 255; misses++) miss(filter);
  expect(filter.mayHave(hash('b'))).toBe(true);
  miss(filter);
  expect(filter.mayHave(hash('b'))).toBe(false);

  expect(learned(tableOf(names((1 << 14) + 1))).mayHave(hash('b'))).toBe(true);
  const damaged = tableOf(names(1000));
  // The type of the second block.
  damaged[4096] = 0x78;
  expect(learned(damaged).mayHave(hash('b'))).toBe(true);
});

test('an empty table has none', () => {
  expect(learned(tableOf([])).mayHave(hash('b'))).toBe(false);
});

test('what is found stays the same, however often it is looked up', () => {
  const tables = [tableOf(names(500)), tableOf(names(100).map((name) => `${name}x`), 2), tableOf(names(10), 3), tableOf(['refs/heads/7'], 4)];
  const merged = new MergedTableSync(tables.map((bytes) => openTableSync(new BytesSource(bytes))));
  const asked = [...names(600), ...names(120).map((name) => `${name}x`), 'a', 'z'];
  const first = asked.map((name) => merged.getRef(name));
  expect(first[7]).toMatchObject({ updateIndex: 4 });
  for (let round = 0; round < 3; round++) expect(asked.map((name) => merged.getRef(name))).toEqual(first);
});
