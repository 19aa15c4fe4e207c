import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { contentOf, direct, entry, errorOf, faces, listed, namesIn, put, putEach, strays } from './stack-writes.testing.js';
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
  test('takes no record that comes too late, and does not lose it silently', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage);
    const late: Transaction[] = [];
    await stack.transaction((transaction) => {
      late.push(transaction);
      transaction.addRef(direct('a', 1));
    });
    await errorOf(() =>
      stack.transaction((transaction) => {
        late.push(transaction);
        throw new Error('enough');
      }),
    );
    expect(late).toHaveLength(2);
    for (const transaction of late) {
      const ended = { kind: 'misuse', code: 'TRANSACTION_ENDED' };
      expect(await errorOf(() => transaction.addRef(direct('b', 1)))).toMatchObject(ended);
      expect(await errorOf(() => transaction.addLog(entry('b', 1)))).toMatchObject(ended);
    }
    expect(await namesIn(stack)).toEqual(['a']);
  });

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
        await addition.addTable((transaction) => transaction.addRef(direct('a', 1)));
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
