/* What automatic compaction comes to over many transactions. */
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import { direct, faces, namesIn, put, putEach, strays } from './stack-writes.testing.js';

const add = (stack: StackSync, number: number): void => {
  stack.transaction((transaction) => transaction.addRef(direct(`refs/heads/${number.toString().padStart(4, '0')}`, number)));
};

describe.each([2, 5])('by factor %i', (geometricFactor) => {
  test('of a hundred transactions: few tables at each time, few records written again', () => {
    const storage = new MemoryStorage();
    const stack = openStackSync(storage, { geometricFactor });
    const log = (value: number): number => Math.log(value) / Math.log(geometricFactor);
    for (let number = 1; number <= 100; number++) {
      add(stack, number);
      expect(stack.tables.length).toBeLessThanOrEqual(Math.max(1, 2 * log(number)));
      expect(stack.needsCompaction).toBe(false);
    }
    // The more tables are merged at once, the less often each record is: but a larger factor merges larger ones.
    expect(stack.compactions.entries).toBeLessThan(100 * Math.log2(100) * (geometricFactor === 2 ? 1 : geometricFactor / 2));
    expect(stack.compactions).toMatchObject({ failures: 0 });
    expect(strays(storage)).toEqual([]);
    expect([...stack.names()]).toHaveLength(100);
  });
});

test('of 1,024 transactions: fewer than 20 files, and none failed', () => {
  const storage = new MemoryStorage();
  const stack = openStackSync(storage);
  let most = 0;
  for (let number = 1; number <= 1024; number++) {
    add(stack, number);
    most = Math.max(most, storage.listSync().length);
  }
  expect(most).toBeLessThan(20);
  expect(stack.compactions.failures).toBe(0);
  expect([...stack.names()]).toHaveLength(1024);
});

describe.each(faces)('automatic compaction (%s)', (_, open) => {
  test('that was off for 20 transactions leaves one table when it is on, and says before whether it would', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, Array.from({ length: 20 }, (_name, at) => `refs/heads/${at}`));
    const stack = await open(storage);
    expect([stack.tables.length, stack.needsCompaction]).toEqual([20, true]);
    await put(stack, 'refs/heads/last', 21);
    expect([stack.tables.length, stack.needsCompaction]).toEqual([1, false]);
    expect(await namesIn(stack)).toHaveLength(21);
    expect(strays(storage)).toEqual([]);
  });

  test('of branches that are made and deleted again leaves no more than two tables', async () => {
    const stack = await open(new MemoryStorage());
    await put(stack, 'refs/heads/main');
    for (let round = 0; round < 5; round++) {
      await put(stack, 'refs/heads/topic', round + 2);
      await stack.transaction((transaction) => transaction.addRef({ name: 'refs/heads/topic', kind: 'deletion' }));
    }
    expect(stack.tables.length).toBeLessThanOrEqual(2);
    expect(await namesIn(stack)).toEqual(['refs/heads/main']);
  });

  test('when asked does what it would after a transaction', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b', 'c', 'd']);
    const stack = await open(storage);
    await stack.compactAutomatically();
    expect(stack.tables).toHaveLength(1);
    await stack.compactAutomatically();
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 0 });
  });
});
