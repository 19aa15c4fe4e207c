import type { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { contentOf, direct, entry, errorOf, faces, listed, namesIn, put, slow, strays } from './stack-writes.testing.js';
import type { Transaction } from './transaction.js';

const MAX = 2n ** 64n - 1n;

describe.each(faces)('update indexes (%s)', (_, open) => {
  test('beyond 2^53 are exact', async () => {
    const stack = await open(new MemoryStorage(), { autoCompaction: false });
    const start = 2n ** 53n - 2n;
    await stack.transaction((transaction) => transaction.addRef({ ...direct('a', 1), updateIndex: start }));
    for (let more = 1n; more < 5n; more++) {
      await stack.transaction((transaction) => {
        expect(transaction.updateIndexExact).toBe(start + more);
        expect(transaction.updateIndex).toBe(Math.min(Number(start + more), Number.MAX_SAFE_INTEGER));
        transaction.addRef(direct('a', 2));
        transaction.addLog(entry('a', 2));
      });
    }
    expect(stack.tables.map(({ maxUpdateIndexExact }) => maxUpdateIndexExact - start)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(await stack.getRef('a')).toMatchObject({ updateIndex: Number.MAX_SAFE_INTEGER, updateIndexExact: start + 4n });
    await stack.compact();
    expect(stack.tables).toMatchObject([{ minUpdateIndexExact: 1n, maxUpdateIndexExact: start + 4n }]);
  });

  test('end with 2^64-1: what comes then is an error, and changes nothing', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false, lockTimeout: 0 });
    await stack.transaction((transaction) => transaction.addRef({ ...direct('a', 1), updateIndex: MAX - 1n }));
    await put(stack, 'b');
    expect(stack.tables[1]!.maxUpdateIndexExact).toBe(MAX);
    const before = contentOf(storage);
    for (let round = 0; round < 2; round++) {
      expect(await errorOf(() => put(stack, 'c'))).toMatchObject({ kind: 'unsupported', code: 'UPDATE_INDEX_EXHAUSTED', file: 'memory' });
      expect(contentOf(storage)).toEqual(before);
    }
    await stack.compact();
    expect(stack.tables).toHaveLength(1);
    expect(await namesIn(stack)).toEqual(['a', 'b']);
  });

  test('start again where nothing is left, as in Git', async () => {
    const stack = await open(new MemoryStorage());
    await put(stack, 'a');
    await stack.compact({ expire: { expires: () => true } });
    await stack.transaction((transaction) => transaction.addRef({ name: 'a', kind: 'deletion' }));
    await stack.compact();
    expect(stack.tables).toEqual([]);
    await stack.transaction((transaction) => expect(transaction.updateIndex).toBe(1));
  });
});

describe.each(faces)('an addition (%s)', (_, open) => {
  const tombstone = (name: string, updateIndex?: number | bigint) => (transaction: Transaction): void => {
    transaction.addRef({ name, kind: 'deletion', ...(updateIndex !== undefined && { updateIndex }) });
  };
  const nothing = (): void => undefined;

  test('of several tables is seen as a whole', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    const other = await open(storage);
    const addition = await stack.prepare();
    await addition.addTable(tombstone('a'));
    await addition.addTable(nothing);
    await addition.addTable((transaction) => {
      expect(transaction.updateIndex).toBe(2);
      tombstone('b', 9n)(transaction);
    });
    await addition.addTable((transaction) => {
      expect(transaction.updateIndexExact).toBe(10n);
    });
    expect([await other.reload(), stack.tables]).toEqual([false, []]);
    await addition.commit();
    expect(await other.reload()).toBe(true);
    expect(other.tables.map(({ minUpdateIndex, maxUpdateIndex }) => [minUpdateIndex, maxUpdateIndex])).toEqual([
      [1, 1],
      [2, 9],
    ]);
    expect(strays(storage)).toEqual([]);
  });

  test('does not go back: a table below the next update index is refused, and the others stand', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    await put(stack, 'a');
    const addition = await stack.prepare();
    for (const [updateIndex, code] of [
      [1, 'UPDATE_INDEX'],
      [2.5, 'NUMBER_RANGE'],
      [NaN, 'NUMBER_RANGE'],
      [MAX + 1n, 'NUMBER_RANGE'],
    ] as const) {
      expect(await errorOf(() => addition.addTable(tombstone('b', updateIndex)))).toMatchObject({ kind: 'misuse', code });
    }
    await addition.addTable(tombstone('b', 2));
    await addition.commit();
    expect(stack.tables).toHaveLength(2);
  });

  test('of a large table with a record that can not be written leaves nothing of it', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage);
    const addition = await stack.prepare();
    const twice = (transaction: Transaction): void => {
      for (let at = 0; at < 1000; at++) transaction.addRef({ name: String(at).padStart(4, '0'), kind: 'symbolic', target: 'x'.repeat(100) });
      transaction.addRef({ name: '0999', kind: 'deletion' });
    };
    expect(await errorOf(() => addition.addTable(twice))).toMatchObject({ code: 'KEYS_NOT_ASCENDING' });
    expect(strays(storage)).toEqual(['tables.list.lock']);
    await addition.addTable(tombstone('b', 1));
    await addition.commit();
    expect(await stack.getRef('0000')).toBeUndefined();
    expect(strays(storage)).toEqual([]);
  });

  test('ends once', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    for (const end of ['commit', 'abort'] as const) {
      const addition = await stack.prepare();
      await addition.addTable(tombstone(end));
      await addition[end]();
      await addition.abort();
      const ended = { kind: 'misuse', code: 'ADDITION_ENDED' };
      expect(await errorOf(() => addition.addTable(tombstone('x', 1)))).toMatchObject(ended);
      expect(await errorOf(() => addition.commit())).toMatchObject(ended);
      expect(strays(storage)).toEqual([]);
    }
    expect(listed(storage)).toHaveLength(1);
  });

  test('of a stack that is closed meanwhile leaves no trace', async () => {
    const storage = new MemoryStorage();
    for (const autoCompaction of [true, false]) {
      const stack = await open(storage, { autoCompaction });
      const error = await errorOf(() =>
        stack.transaction((transaction) => {
          transaction.addRef(direct('a', 1));
          stack.close();
        }),
      );
      expect(error).toMatchObject({ kind: 'misuse', code: 'STACK_CLOSED' });
      expect(storage.listSync()).toEqual([]);
    }
    for (const isLate of [false, true]) {
      const stack = await open(storage);
      const addition = await stack.prepare();
      if (isLate) await addition.addTable(tombstone('a', 1));
      stack.close();
      expect(await errorOf(() => (isLate ? addition.commit() : addition.addTable(tombstone('a', 1))))).toMatchObject({ code: 'STACK_CLOSED' });
      await addition.abort();
      expect(storage.listSync()).toEqual([]);
    }
  });
});

describe('an addition whose table is not ended yet', () => {
  const [[, openAsync], [, openSync]] = faces as [(typeof faces)[0], (typeof faces)[0]];
  const busy = { kind: 'misuse', code: 'ADDITION_BUSY' };
  const add = (name: string) => (transaction: Transaction) => {
    transaction.addRef({ name, kind: 'symbolic', target: 'x'.repeat(500) });
    return transaction.updateIndex;
  };
  const many = (transaction: Transaction): void => {
    for (let at = 0; at < 1000; at++) add(`refs/${at}`)(transaction);
  };

  test('takes no second one, and is not committed (async)', async () => {
    const storage = new MemoryStorage();
    const stack = await openAsync(slow(storage), { autoCompaction: false });
    const addition = await stack.prepare();
    const first = addition.addTable(add('a'));
    const others = [errorOf(() => addition.addTable(add('b'))), errorOf(() => addition.commit())];
    expect(await Promise.all([first, ...others])).toMatchObject([1, busy, busy]);
    // Also while a table is being filled, and none is left busy by what fails.
    expect(await errorOf(() => addition.addTable(() => addition.addTable(add('b'))))).toMatchObject(busy);
    expect(await addition.addTable(add('c'))).toBe(2);
    await addition.commit();
    expect(await namesIn(stack)).toEqual(['a', 'c']);
    expect(strays(storage)).toEqual([]);
  });

  test('takes no second one, and is not committed (sync)', async () => {
    const storage = new MemoryStorage();
    const stack = await openSync(storage, { autoCompaction: false });
    const addition = await stack.prepare();
    for (const again of [() => addition.addTable(add('b')), () => addition.commit()]) {
      expect(await errorOf(() => addition.addTable(again as () => void))).toMatchObject(busy);
    }
    expect(await addition.addTable(add('c'))).toBe(1);
    await addition.commit();
    expect(await namesIn(stack)).toEqual(['c']);
    expect(strays(storage)).toEqual([]);
  });

  test('may be aborted, and leaves no trace', async () => {
    const ends = new Set<unknown>();
    for (let ticks = 0; ticks < 20; ticks++) {
      const storage = new MemoryStorage();
      const stack = await openAsync(slow(storage));
      const addition = await stack.prepare();
      const table = addition.addTable(many).catch((error: unknown) => (error as ReftableError).code);
      for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
      await addition.abort();
      ends.add(await table);
      expect(storage.listSync()).toEqual([]);
      stack.close();
    }
    expect(ends).toEqual(new Set(['ADDITION_ENDED', undefined]));
  });
});

describe('an addition and its block', () => {
  const [[, openAsync], [, openSync]] = faces as [(typeof faces)[0], (typeof faces)[0]];

  test('whose end aborts it', async () => {
    const storage = new MemoryStorage();
    {
      await using addition = await (await openAsync(storage)).prepare();
      await addition.addTable((transaction) => transaction.addRef({ name: 'a', kind: 'deletion' }));
    }
    expect(storage.listSync()).toEqual([]);
    {
      using addition = (await (await openSync(storage)).prepare()) as unknown as Disposable;
      expect(addition).toBeDefined();
    }
    expect(storage.listSync()).toEqual([]);
  });
});
