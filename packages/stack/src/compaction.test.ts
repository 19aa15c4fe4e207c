import { runSync } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import { compactRange } from './compaction.js';
import { disposalOfSync } from './disposal.js';
import { MemoryStorage } from './memory-storage.js';
import { resolveStackOptions, type StackOptions } from './options.js';
import { answerSync, performSync, StorageRequest } from './requests.js';
import type { Stack } from './stack.js';
import { openStackCore } from './stack-core.js';
import { openStackSync } from './stack-sync.js';
import { contentOf, direct, errorOf, faces, listed, namesIn, put, putEach, setList, strays, watched, type Opener } from './stack-writes.testing.js';
import type { NewFile } from './storage.js';
import { reftableFormat } from './table-format.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `refs/heads/${String(at).padStart(4, '0')}`);

/** A stack of so many tables of a ref each, all of one size. */
async function stackOf(open: Opener, count: number, options: StackOptions = {}): Promise<{ storage: MemoryStorage; stack: Stack }> {
  const storage = new MemoryStorage();
  await putEach(open, storage, names(count));
  return { storage, stack: await open(storage, { lockTimeout: 0, ...options }) };
}

/** Another process's lock of a table, by its number. */
function lockTable(storage: MemoryStorage, number: number): NewFile {
  return storage.createSync(`${listed(storage)[number]!}.lock`);
}

/** Least and greatest update index of each table. */
const rangesOf = (stack: Stack): number[][] => stack.tables.map(({ minUpdateIndex, maxUpdateIndex }) => [minUpdateIndex, maxUpdateIndex]);

describe.each(faces)('a full compaction (%s)', (_, open) => {
  test('leaves one table, with all that counts, each ref with its own update index', async () => {
    const { storage, stack } = await stackOf(open, 5, { autoCompaction: false });
    await put(stack, names(5)[2]!, 9);
    expect(await stack.compact()).toBe(true);
    expect(rangesOf(stack)).toEqual([[1, 6]]);
    const refs = new Map<string, number>();
    for await (const { name, updateIndex } of stack.refs()) refs.set(name, updateIndex);
    expect([...refs]).toEqual(names(5).map((name, at) => [name, at === 2 ? 6 : at + 1]));
    expect(strays(storage)).toEqual([]);
    expect(listed(storage)[0]).toMatch(/^0x000000000001-0x000000000006-[0-9a-f]{8}\.ref$/);
  });

  test('of one table or none does nothing', async () => {
    for (const count of [0, 1]) {
      const { storage, stack } = await stackOf(open, count);
      const before = contentOf(storage);
      expect(await stack.compact()).toBe(false);
      expect(contentOf(storage)).toEqual(before);
      expect(stack.compactions).toMatchObject({ attempts: 0, failures: 0 });
    }
  });

  test('takes all that there is, also what this stack does not know of yet', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage);
    await putEach(open, storage, names(3));
    expect(await stack.compact()).toBe(true);
    expect(rangesOf(stack)).toEqual([[1, 3]]);
  });

  test('with a table that another has locked fails, and changes nothing', async () => {
    for (const number of [0, 1, 2]) {
      const { storage, stack } = await stackOf(open, 3);
      lockTable(storage, number);
      const before = contentOf(storage);
      const error = await errorOf(() => stack.compact());
      expect(error).toMatchObject({ kind: 'locked', code: 'LOCK_HELD', file: `memory/${listed(storage)[number]!}.lock` });
      expect(contentOf(storage)).toEqual(before);
      expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1 });
    }
  });

  test('with the list locked fails, and changes nothing', async () => {
    const { storage, stack } = await stackOf(open, 3);
    storage.createSync('tables.list.lock');
    const before = contentOf(storage);
    expect(await errorOf(() => stack.compact())).toMatchObject({ code: 'LOCK_HELD', file: 'memory/tables.list.lock' });
    expect(contentOf(storage)).toEqual(before);
  });
});

describe.each(faces)('a compaction of a range (%s)', (_, open) => {
  test('replaces just these tables', async () => {
    const { storage, stack } = await stackOf(open, 5);
    expect(await stack.compact({ tables: { first: 1, last: 3 } })).toBe(true);
    expect(rangesOf(stack)).toEqual([
      [1, 1],
      [2, 4],
      [5, 5],
    ]);
    expect(await namesIn(stack)).toEqual(names(5));
    expect(strays(storage)).toEqual([]);
    expect(await stack.compact({ tables: { first: 1, last: 1 } })).toBe(false);
  });

  test.each([
    { first: -1, last: 0 },
    { first: 2, last: 1 },
    { first: 0, last: 3 },
    { first: 0.5, last: 1 },
    { first: NaN, last: NaN },
  ])('that is none is refused: %o', async (tables) => {
    const { storage, stack } = await stackOf(open, 3);
    const before = contentOf(storage);
    expect(await errorOf(() => stack.compact({ tables }))).toMatchObject({ kind: 'misuse', code: 'TABLE_RANGE' });
    expect(contentOf(storage)).toEqual(before);
  });

  test('of a list that has changed fails: its numbers may mean others', async () => {
    const { storage, stack } = await stackOf(open, 3);
    const other = await open(storage);
    await other.compact({ tables: { first: 0, last: 1 } });
    const before = contentOf(storage);
    const error = await errorOf(() => stack.compact({ tables: { first: 1, last: 2 } }));
    expect(error).toMatchObject({ kind: 'outdated', code: 'STACK_OUTDATED' });
    expect(contentOf(storage)).toEqual(before);
  });

  test('keeps tombstones as long as there are older tables', async () => {
    const { stack } = await stackOf(open, 2, { autoCompaction: false });
    await stack.transaction((transaction) => {
      transaction.addRef({ name: names(1)[0]!, kind: 'deletion' });
      transaction.addLog({ ref: names(1)[0]!, kind: 'deletion', updateIndex: 1 });
    });
    const count = async (): Promise<number[]> => {
      let [refs, logs] = [0, 0];
      for await (const { kind } of stack.refs({ tombstones: true })) if (kind === 'deletion') refs++;
      for await (const { kind } of stack.logs({ tombstones: true })) if (kind === 'deletion') logs++;
      return [refs, logs];
    };
    await stack.compact({ tables: { first: 1, last: 2 } });
    expect([rangesOf(stack).length, await count()]).toEqual([2, [1, 1]]);
    expect(await stack.getRef(names(1)[0]!)).toBeUndefined();
    await stack.compact();
    expect([rangesOf(stack).length, await count()]).toEqual([1, [0, 0]]);
    expect(await stack.getRef(names(1)[0]!)).toBeUndefined();
    expect(await namesIn(stack)).toEqual([names(2)[1]]);
  });
});

describe.each(faces)('an automatic compaction and locked tables (%s)', (_, open) => {
  test('the only table is locked: the transaction is written, and one failure counted', async () => {
    const { storage, stack } = await stackOf(open, 1);
    const lock = lockTable(storage, 0);
    await put(stack, 'x');
    expect(rangesOf(stack)).toHaveLength(2);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1, lastError: { code: 'LOCK_HELD' } });
    expect(strays(storage)).toEqual([lock.name]);
  });

  test('of five tables the third is locked: the newest two are merged, and no failure is counted', async () => {
    const { storage, stack } = await stackOf(open, 5);
    lockTable(storage, 2);
    await stack.compactAutomatically();
    expect(rangesOf(stack)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 5],
    ]);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 0, lastError: undefined });
    expect(await namesIn(stack)).toEqual(names(5));
  });

  test('the newest is locked: nothing is merged', async () => {
    for (const number of [3, 4]) {
      const { storage, stack } = await stackOf(open, 5);
      lockTable(storage, number);
      const before = contentOf(storage);
      await stack.compactAutomatically();
      expect(contentOf(storage)).toEqual(before);
      expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1 });
    }
  });

  test('a failure of any kind fails no transaction', async () => {
    const { storage } = await stackOf(open, 1);
    const lock = storage.createSync(`${listed(storage)[0]!}.lock`);
    let isWritten = false;
    const stack = await open(
      watched(storage, ({ operation, names: [name] }) => {
        if (operation === 'publish') isWritten = true;
        else if (isWritten && operation === 'create' && name === 'tables.list.lock') throw new TypeError('not even typed');
      }),
    );
    await put(stack, 'x');
    expect(stack.compactions).toMatchObject({ failures: 1, lastError: { message: 'not even typed' } });
    expect(strays(storage)).toEqual([lock.name]);
  });
});

describe.each(faces)('while a compaction merges (%s)', (_, open) => {
  /** Compacts `range` of five tables, and does something else when the list is free: as the new table is begun. */
  async function meanwhile(act: (storage: MemoryStorage) => unknown, range?: { first: number; last: number }): Promise<{ storage: MemoryStorage; stack: Stack; error: unknown }> {
    const storage = new MemoryStorage();
    await putEach(open, storage, names(5));
    let isFree = false;
    const stack = await open(
      watched(storage, ({ operation, names: [name] }) => {
        if (operation === 'discard' && name === 'tables.list.lock') isFree = true;
        else if (isFree && operation === 'create' && name === 'tables.list.lock') {
          isFree = false;
          act(storage);
        }
      }),
      { lockTimeout: 0 },
    );
    let error: unknown;
    try {
      await stack.compact(range === undefined ? {} : { tables: range });
    } catch (reason) {
      error = reason;
    }
    return { storage, stack, error };
  }

  test('tables that are added survive', async () => {
    const { storage, stack, error } = await meanwhile((shared) => {
      const other = openStackSync(shared, { autoCompaction: false });
      for (const id of [6, 7]) other.transaction((transaction) => transaction.addRef(direct(`new/${id}`, id)));
    });
    expect(error).toBeUndefined();
    expect(rangesOf(stack)).toEqual([
      [1, 5],
      [6, 6],
      [7, 7],
    ]);
    expect(await namesIn(stack)).toEqual(['new/6', 'new/7', ...names(5)]);
    expect(strays(storage)).toEqual([]);
  });

  test('older tables that others compact are taken as they then are', async () => {
    const compactOlder = (shared: MemoryStorage): unknown => openStackSync(shared).compact({ tables: { first: 0, last: 1 } });
    const { storage, stack, error } = await meanwhile(compactOlder, { first: 2, last: 4 });
    expect(error).toBeUndefined();
    expect(rangesOf(stack)).toEqual([
      [1, 2],
      [3, 5],
    ]);
    expect(await namesIn(stack)).toEqual(names(5));
    expect(strays(storage)).toEqual([]);
  });

  test('its own tables are locked for others, and a write leaves them alone', async () => {
    const { stack, error } = await meanwhile((shared) => {
      const other = openStackSync(shared, { lockTimeout: 0 });
      expect(() => other.compact()).toThrow(expect.objectContaining({ code: 'LOCK_HELD' }) as Error);
      other.transaction((transaction) => transaction.addRef(direct('new', 1)));
      expect(other.tables).toHaveLength(6);
    });
    expect(error).toBeUndefined();
    expect(rangesOf(stack)).toEqual([
      [1, 5],
      [6, 6],
    ]);
  });

  test('a list that has its tables no more, or in another order, makes the work void', async () => {
    for (const change of [(list: string[]) => list.slice(1), (list: string[]) => list.slice(0, -1), (list: string[]) => [...list].reverse(), () => []]) {
      const { storage, error } = await meanwhile((shared) => {
        setList(shared, change(listed(shared)));
      });
      expect(error).toMatchObject({ kind: 'outdated', code: 'STACK_OUTDATED' });
      expect([...contentOf(storage).keys()].filter((name) => /lock|temp/.test(name))).toEqual([]);
      expect(storage.listSync()).toHaveLength(6);
    }
  });

  test('a list that is locked makes the work void', async () => {
    const { storage, error } = await meanwhile((shared) => void shared.createSync('tables.list.lock'));
    expect(error).toMatchObject({ code: 'LOCK_HELD' });
    expect(strays(storage)).toEqual(['tables.list.lock']);
    expect(listed(storage)).toHaveLength(5);
  });
});

test('tables are merged by themselves, not by their numbers, which may change as soon as the list is free', () => {
  const storage = new MemoryStorage();
  const writer = openStackSync(storage, { autoCompaction: false });
  for (const [at, name] of names(5).entries()) writer.transaction((transaction) => transaction.addRef(direct(name, at + 1)));
  const place = { folder: storage.name, format: reftableFormat, hash: undefined, disposal: disposalOfSync(storage) };
  const stack = performSync(openStackCore(place, resolveStackOptions({})), storage);
  let isFirst = true;
  runSync(compactRange(stack, { first: 2, last: 4 }, {}), (request) => {
    answerSync(request, storage);
    const isFreed = request instanceof StorageRequest && request.operation === 'discard';
    if (!isFreed || !isFirst) return;
    isFirst = false;
    // Another process compacts what is older, and something else that goes on in this one brings that in.
    writer.compact({ tables: { first: 0, last: 1 } });
    performSync(stack.reload(), storage);
  });
  expect(stack.state.tables.map(({ core }) => [core.minUpdateIndex, core.maxUpdateIndex])).toEqual([
    [1n, 2n],
    [3n, 5n],
  ]);
  expect(strays(storage)).toEqual([]);
});
