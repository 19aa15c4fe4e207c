import { writeTable } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { resolveStackOptions, type StackOptions } from './options.js';
import { direct, errorOf, faces } from './stack-writes.testing.js';
import { reftableFormat } from './table-format.js';

test("the defaults are Git's, but for the durability", () => {
  expect(resolveStackOptions({})).toEqual({ lockTimeout: 100, durability: 'full', autoCompaction: true, geometricFactor: 2, layout: {}, format: reftableFormat });
});

describe('what can not be is refused before anything is done', () => {
  test.each<[StackOptions, string]>([
    [{ geometricFactor: 1 }, 'GEOMETRIC_FACTOR'],
    [{ geometricFactor: 256 }, 'GEOMETRIC_FACTOR'],
    [{ geometricFactor: 2.5 }, 'GEOMETRIC_FACTOR'],
    [{ geometricFactor: NaN }, 'GEOMETRIC_FACTOR'],
    [{ lockTimeout: -2 }, 'LOCK_TIMEOUT'],
    [{ lockTimeout: -0.5 }, 'LOCK_TIMEOUT'],
    [{ lockTimeout: NaN }, 'LOCK_TIMEOUT'],
    [{ durability: 'Full' as 'full' }, 'DURABILITY'],
  ])('%o', async (options, code) => {
    for (const [, open] of faces) {
      const error = await errorOf(() => open(new MemoryStorage(), options));
      expect(isReftableError(error, code) && error.kind).toBe('misuse');
    }
  });
});

test('what is at the edge is taken', () => {
  for (const options of [{ geometricFactor: 2 }, { geometricFactor: 255 }, { lockTimeout: -1 }, { lockTimeout: 0 }, { lockTimeout: Infinity }]) {
    expect(resolveStackOptions(options)).toMatchObject(options);
  }
});

describe.each(faces)('new tables (%s)', (_, open) => {
  test.each([
    { blockSize: 100 },
    { blockSize: 123, restartInterval: 1 },
    { aligned: false },
    { blockSize: 256, indexObjects: false },
  ])('are laid out as asked: %o', async (layout) => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { layout });
    const refs = Array.from({ length: 100 }, (_, at) => ({ ...direct(`refs/heads/${String(at).padStart(2, '0')}`, at), updateIndex: 1 }));
    await stack.transaction((transaction) => {
      for (const ref of refs) transaction.addRef(ref);
    });
    const { name, size } = stack.tables[0]!;
    expect(storage.openSync(name).readSync(0, size)).toEqual(writeTable({ refs }, { ...layout, minUpdateIndex: 1, maxUpdateIndex: 1 }));
  });

  test('a layout that can not be is refused with the first write, and nothing is left', async () => {
    for (const [layout, code] of [
      [{ blockSize: 20 }, 'BLOCK_SIZE'],
      [{ blockSize: 2 ** 24 }, 'NUMBER_RANGE'],
      [{ restartInterval: 65_536 }, 'NUMBER_RANGE'],
    ] as const) {
      const storage = new MemoryStorage();
      const stack = await open(storage, { layout });
      const error = await errorOf(() => stack.transaction((transaction) => transaction.addRef(direct('a', 1))));
      expect(error).toMatchObject({ kind: 'misuse', code });
      expect(storage.listSync()).toEqual([]);
    }
  });

  test.each([
    ['sha1', 20],
    ['sha256', 32],
  ] as const)('are of the hash asked for: %s', async (hash, size) => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { hash });
    expect(stack.hash).toBe(hash);
    await stack.transaction((transaction) => transaction.addRef(direct('a', 1, size)));
    const other = hash === 'sha1' ? 'sha256' : 'sha1';
    expect(await errorOf(() => open(storage, { hash: other }))).toMatchObject({ kind: 'format', code: 'TABLE_HASH' });
    // Who doesn't say takes what is there.
    const taken = await open(storage);
    expect(taken.hash).toBe(hash);
    await taken.transaction((transaction) => transaction.addRef(direct('b', 2, size)));
    expect(await errorOf(() => taken.transaction((transaction) => transaction.addRef(direct('c', 3, size === 20 ? 32 : 20))))).toMatchObject({ code: 'OBJECT_ID' });
  });
});
