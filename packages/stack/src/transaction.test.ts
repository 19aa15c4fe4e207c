import type { RefInput } from '@reftable/block';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { contentOf, direct, entry, errorOf, faces, listed, namesIn, put, putEach, strays, watched } from './stack-writes.testing.js';
import { oid } from './stack.testing.js';
import type { Stack } from './stack.js';
import type { Transaction } from './transaction.js';

const MAX = 2n ** 64n - 1n;

async function logOf(stack: Stack, name: string): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const { updateIndex, kind } of stack.log(name)) entries.push([updateIndex, kind]);
  return entries;
}

describe.each(faces)('a transaction (%s)', (_, open) => {
  test('is one table, whose records come in any order and have its update index', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    for (const index of [1, 2]) {
      const result = await stack.transaction((transaction) => {
        expect([transaction.updateIndex, transaction.updateIndexExact]).toEqual([index, BigInt(index)]);
        for (const name of ['z', 'a', 'é', '\uFFFF', '😀', 'a/b']) {
          transaction.addLog(entry(name, index));
          transaction.addRef(direct(name, index));
        }
        transaction.addRef({ name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main' });
        transaction.addRef({ name: 'tag', kind: 'peeled', oid: oid(7), peeled: oid(8) });
        return 'done';
      });
      expect(result).toBe('done');
    }
    expect(stack.tables.map(({ minUpdateIndex, maxUpdateIndex }) => [minUpdateIndex, maxUpdateIndex])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    // In the order of bytes, which is not that of strings.
    expect(await namesIn(stack)).toEqual(['HEAD', 'a', 'a/b', 'tag', 'z', 'é', '\uFFFF', '😀']);
    expect(await stack.getRef('tag')).toEqual({ name: 'tag', updateIndex: 2, kind: 'peeled', oid: oid(7), peeled: oid(8) });
    expect(await logOf(stack, '😀')).toEqual([
      [2, 'update'],
      [1, 'update'],
    ]);
    expect(listed(storage)[0]).toMatch(/^0x000000000001-0x000000000001-[0-9a-f]{8}\.ref$/);
    expect(strays(storage)).toEqual([]);
  });

  test('without a record leaves the list as it is', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage);
    expect(await stack.transaction(() => 7)).toBe(7);
    expect(storage.listSync()).toEqual([]);
    await put(stack, 'a');
    const before = contentOf(storage);
    await stack.transaction(() => undefined);
    expect(contentOf(storage)).toEqual(before);
    expect(await stack.reload()).toBe(false);
  });

  test('whose function throws leaves no trace, and the lock is free', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const stack = await open(storage, { lockTimeout: 0 });
    const before = contentOf(storage);
    const refusal = new Error('changed my mind');
    const error = await errorOf(() =>
      stack.transaction((transaction) => {
        transaction.addRef(direct('b', 1));
        throw refusal;
      }),
    );
    expect(error).toBe(refusal);
    expect(contentOf(storage)).toEqual(before);
    await put(stack, 'b');
  });

  test.each<[string, (transaction: Transaction) => void, string]>([
    ['a ref twice', (transaction) => [1, 2].forEach((id) => transaction.addRef(direct('b', id))), 'KEYS_NOT_ASCENDING'],
    ['a log entry twice', (transaction) => [1, 2].forEach((id) => transaction.addLog(entry('b', id))), 'KEYS_NOT_ASCENDING'],
    ['a ref without a name', (transaction) => transaction.addRef(direct('', 1)), 'KEYS_NOT_ASCENDING'],
    ['half an object id', (transaction) => transaction.addRef({ name: 'b', kind: 'direct', oid: 'abcd' }), 'OBJECT_ID'],
    ['an old update index', (transaction) => transaction.addRef({ ...direct('b', 1), updateIndex: 1 }), 'UPDATE_INDEX'],
    ['an update index that is none', (transaction) => transaction.addRef({ ...direct('b', 1), updateIndex: 2.5 }), 'NUMBER_RANGE'],
    ['an update index beyond all', (transaction) => transaction.addRef({ ...direct('b', 1), updateIndex: MAX + 1n }), 'NUMBER_RANGE'],
    ['a negative update index', (transaction) => transaction.addLog({ ref: 'b', kind: 'deletion', updateIndex: -1 }), 'NUMBER_RANGE'],
    ['a message of two lines', (transaction) => transaction.addLog({ ...entry('b', 1), message: 'one\ntwo' } as never), 'LOG_MESSAGE'],
    ['a record that fits no block', (transaction) => transaction.addRef({ name: 'x'.repeat(5000), kind: 'deletion' }), 'RECORD_TOO_LARGE'],
  ])('with %s is refused, without a trace', async (_name, fill, code) => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const before = contentOf(storage);
    const stack = await open(storage, { lockTimeout: 0 });
    expect(await errorOf(() => stack.transaction(fill))).toMatchObject({ kind: 'misuse', code });
    expect(contentOf(storage)).toEqual(before);
    await put(stack, 'b');
  });

  test('sees under the lock what others have written meanwhile', async () => {
    const storage = new MemoryStorage();
    const [one, other] = [await open(storage, { autoCompaction: false }), await open(storage, { autoCompaction: false })];
    await put(one, 'a');
    await put(one, 'b');
    await other.transaction((transaction) => {
      expect(transaction.updateIndex).toBe(3);
      expect(other.tables).toHaveLength(2);
      transaction.addRef(direct('c', 3));
    });
    expect(await namesIn(other)).toEqual(['a', 'b', 'c']);
  });

  test('may instead refuse to be written where others have been', async () => {
    const storage = new MemoryStorage();
    const [one, other] = [await open(storage), await open(storage)];
    await put(one, 'a');
    const before = contentOf(storage);
    const error = await errorOf(() => other.transaction(() => expect.fail('it was filled'), { whenChanged: 'fail' }));
    expect(error).toMatchObject({ kind: 'outdated', code: 'STACK_OUTDATED', file: 'memory/tables.list' });
    expect(contentOf(storage)).toEqual(before);
    await other.reload();
    await other.transaction((transaction) => transaction.addRef(direct('b', 2)), { whenChanged: 'fail' });
    expect(await namesIn(other)).toEqual(['a', 'b']);
  });

  test('of two that want the same ref, both under their lock, just one makes it', async () => {
    const storage = new MemoryStorage();
    const create = async (): Promise<boolean> => {
      const stack = await open(storage, { lockTimeout: -1 });
      const addition = await stack.prepare();
      try {
        if ((await stack.getRef('a')) !== undefined) return false;
        await addition.addTable({ refs: [{ ...direct('a', 1), updateIndex: addition.nextUpdateIndex }], logs: [] });
        await addition.commit();
        return true;
      } finally {
        await addition.abort();
      }
    };
    const made = open === faces[0]![1] ? await Promise.all([create(), create(), create()]) : [await create(), await create(), await create()];
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  test('deletes refs and log entries', async () => {
    const stack = await open(new MemoryStorage(), { autoCompaction: false });
    await put(stack, 'a', 1);
    await put(stack, 'a', 2);
    await stack.transaction((transaction) => {
      transaction.addRef({ name: 'a', kind: 'deletion' });
      transaction.addLog({ ref: 'a', kind: 'deletion', updateIndex: 1 });
    });
    for (const isCompacted of [false, true]) {
      if (isCompacted) await stack.compact();
      expect(await stack.getRef('a')).toBeUndefined();
      expect(await namesIn(stack)).toEqual([]);
      expect(await logOf(stack, 'a')).toEqual([[2, 'update']]);
    }
  });

  test('with update indexes of its own spans them', async () => {
    const stack = await open(new MemoryStorage(), { autoCompaction: false });
    await stack.transaction((transaction) => {
      transaction.addRef({ ...direct('a', 1), updateIndex: 5 });
      for (const updateIndex of [1, 3n, 9]) transaction.addLog({ ...entry('a', 1), updateIndex });
    });
    expect(stack.tables).toMatchObject([{ minUpdateIndex: 1, maxUpdateIndex: 9 }]);
    expect(await logOf(stack, 'a')).toEqual([
      [9, 'update'],
      [3, 'update'],
      [1, 'update'],
    ]);
    await stack.transaction((transaction) => expect(transaction.updateIndex).toBe(10));
  });
});

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
  const tombstone = (name: string, updateIndex: number | bigint) => ({ refs: [{ name, updateIndex, kind: 'deletion' as const }], logs: [] });

  test('of several tables is seen as a whole', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    const other = await open(storage);
    const addition = await stack.prepare();
    expect(addition.nextUpdateIndex).toBe(1n);
    await addition.addTable(tombstone('a', 1));
    expect(addition.nextUpdateIndex).toBe(2n);
    await addition.addTable({ refs: [], logs: [] });
    expect(addition.nextUpdateIndex).toBe(2n);
    await addition.addTable(tombstone('b', 7), { min: 5, max: 9n });
    expect(addition.nextUpdateIndex).toBe(10n);
    expect([await other.reload(), stack.tables]).toEqual([false, []]);
    await addition.commit();
    expect(await other.reload()).toBe(true);
    expect(other.tables.map(({ minUpdateIndex, maxUpdateIndex }) => [minUpdateIndex, maxUpdateIndex])).toEqual([
      [1, 1],
      [5, 9],
    ]);
    expect(strays(storage)).toEqual([]);
  });

  test('does not go back: a table below the next update index is refused, and the others stand', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    await put(stack, 'a');
    const addition = await stack.prepare();
    for (const [limits, code] of [
      [{ min: 1 }, 'UPDATE_INDEX'],
      [{ min: 2, max: 1 }, 'LIMITS'],
      [{ min: 2.5 }, 'NUMBER_RANGE'],
      [{ max: NaN }, 'NUMBER_RANGE'],
      [{ max: MAX + 1n }, 'NUMBER_RANGE'],
    ] as const) {
      expect(await errorOf(() => addition.addTable(tombstone('b', 1), limits))).toMatchObject({ kind: 'misuse', code });
    }
    await addition.addTable(tombstone('b', 2));
    await addition.commit();
    expect(stack.tables).toHaveLength(2);
  });

  test('of a large table whose records throw in their midst leaves nothing of it', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage);
    const refusal = new Error('no more');
    function* refs(): Generator<RefInput> {
      for (let at = 0; at < 1000; at++) yield { name: String(at).padStart(4, '0'), updateIndex: 1, kind: 'symbolic', target: 'x'.repeat(100) };
      expect(strays(storage)).toHaveLength(2);
      throw refusal;
    }
    const addition = await stack.prepare();
    expect(await errorOf(() => addition.addTable({ refs: refs(), logs: [] }))).toBe(refusal);
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
      await addition.addTable(tombstone(end, addition.nextUpdateIndex));
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

describe('an addition and its block', () => {
  const [[, openAsync], [, openSync]] = faces as [(typeof faces)[0], (typeof faces)[0]];

  test('whose end aborts it', async () => {
    const storage = new MemoryStorage();
    {
      await using addition = await (await openAsync(storage)).prepare();
      await addition.addTable({ refs: [{ name: 'a', updateIndex: 1, kind: 'deletion' }], logs: [] });
    }
    expect(storage.listSync()).toEqual([]);
    {
      using addition = (await (await openSync(storage)).prepare()) as unknown as Disposable;
      expect(addition).toBeDefined();
    }
    expect(storage.listSync()).toEqual([]);
  });
});

describe('an AbortSignal', () => {
  const [[, open]] = faces as [(typeof faces)[0]];
  const reason = new Error('enough');

  test('ends the wait for a lock', async () => {
    const storage = new MemoryStorage();
    storage.createSync('tables.list.lock');
    const stack = await open(storage, { lockTimeout: -1 });
    for (const act of [(signal: AbortSignal) => stack.transaction(() => undefined, { signal }), (signal: AbortSignal) => stack.prepare({ signal })]) {
      const controller = new AbortController();
      const result = errorOf(() => act(controller.signal));
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      expect(await result).toBe(reason);
    }
    expect(strays(storage)).toEqual(['tables.list.lock']);
  });

  test('ends an operation at any of its steps: all or nothing, and no trace', async () => {
    for (const autoCompaction of [true, false]) {
      for (let step = 0, isOver = false; !isOver; step++) {
        const storage = new MemoryStorage();
        await putEach(open, storage, ['a', 'b', 'c']);
        const before = contentOf(storage);
        const controller = new AbortController();
        let calls = 0;
        let isCommitted = false;
        const abort = (): void => {
          if (calls++ === step) controller.abort(reason);
        };
        const count = ({ operation }: { readonly operation: string }): void => {
          if (operation === 'publish') isCommitted = true;
          abort();
        };
        const stack = await open(watched(storage, () => undefined, count), { autoCompaction, lockTimeout: 0 });
        calls = 0;
        let error: unknown;
        const write = stack.transaction(
          (transaction) => {
            transaction.addRef(direct('x', 1));
            abort();
          },
          { signal: controller.signal },
        );
        await write.catch((thrown: unknown) => (error = thrown));
        isOver = calls <= step;
        expect(strays(storage)).toEqual([]);
        if (error === undefined) expect(await stack.getRef('x')).toBeDefined();
        else {
          expect([error, isCommitted]).toEqual([reason, false]);
          expect(contentOf(storage)).toEqual(before);
        }
      }
    }
  });
});
