/* How the list is replaced: in what order, and what is believed when that fails. */
import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { contentOf, CountingStorage, direct, errorOf, faces, listed, namesIn, put, putEach, strays, watched, type AnyStorage, type Call } from './stack-writes.testing.js';

const broken = new ReftableError('io', 'FILE_WRITE', 'the line is down');

/** A storage that tells all that is asked of it in order to write. */
function recorded(storage: AnyStorage, calls: string[]): AnyStorage {
  return watched(storage, ({ operation, text }) => {
    if (!['identify', 'hold', 'letGo', 'open', 'exists'].includes(operation)) calls.push(text);
  });
}

describe.each(faces)('the order (%s)', (_, open) => {
  test('of a transaction: nothing is pointed at before it is synced, and nothing acknowledged', async () => {
    const calls: string[] = [];
    await put(await open(recorded(new MemoryStorage(), calls)), 'a');
    expect(calls).toEqual([
      'create tables.list.lock',
      'create temporary',
      'write temporary',
      'sync temporary',
      'close temporary',
      'rename temporary table',
      'syncNames',
      'write tables.list.lock',
      'sync tables.list.lock',
      'publish tables.list.lock tables.list',
      'syncNames',
    ]);
  });

  test('of a transaction that merges at once: the old tables go last', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b']);
    const calls: string[] = [];
    await put(await open(recorded(storage, calls)), 'c');
    expect(calls.slice(-4)).toEqual(['publish tables.list.lock tables.list', 'syncNames', 'remove table', 'remove table']);
    expect(calls.filter((call) => call.startsWith('sync'))).toEqual(['sync temporary', 'syncNames', 'sync tables.list.lock', 'syncNames']);
  });

  test('of a compaction: tables locked from the newest down, merged while the list is free, removed last, then unlocked', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b']);
    const names = listed(storage);
    const calls: string[] = [];
    const locked: string[] = [];
    const stack = await open(
      watched(recorded(storage, calls), ({ operation, names: [name = ''] }) => {
        if (operation === 'create' && name !== 'tables.list.lock' && name.endsWith('.lock')) locked.push(name);
      }),
    );
    await stack.compact();
    expect(locked).toEqual([`${names[1]!}.lock`, `${names[0]!}.lock`]);
    expect(calls).toEqual([
      'create tables.list.lock',
      'create table.lock',
      'create table.lock',
      'discard tables.list.lock',
      'create tables.list.lock',
      'create temporary',
      'write temporary',
      'sync temporary',
      'close temporary',
      'rename temporary table',
      'syncNames',
      'write tables.list.lock',
      'sync tables.list.lock',
      'publish tables.list.lock tables.list',
      'syncNames',
      'remove table',
      'remove table',
      'discard table.lock',
      'discard table.lock',
    ]);
  });

  test('of a compaction of which nothing is left: the list is synced all the same', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const calls: string[] = [];
    const stack = await open(recorded(storage, calls), { autoCompaction: false });
    await stack.transaction((transaction) => {
      transaction.addRef({ name: 'a', kind: 'deletion' });
    });
    calls.length = 0;
    await stack.compact({ expire: { expires: () => true } });
    expect(calls.slice(calls.lastIndexOf('create tables.list.lock'))).toEqual([
      'create tables.list.lock',
      'write tables.list.lock',
      'sync tables.list.lock',
      'publish tables.list.lock tables.list',
      'syncNames',
      'remove table',
      'remove table',
      'discard table.lock',
      'discard table.lock',
    ]);
    expect(listed(storage)).toEqual([]);
  });

  test('without durability, nothing is synced, and all else is the same', async () => {
    const work = async (durability: 'full' | 'none'): Promise<string[]> => {
      const calls: string[] = [];
      const stack = await open(recorded(new MemoryStorage(), calls), { durability });
      for (const name of ['a', 'b', 'c']) await put(stack, name);
      await stack.compact({ expire: { before: 1 } });
      return calls;
    };
    const isSync = (call: string): boolean => call.startsWith('sync');
    const full = await work('full');
    const none = await work('none');
    expect(none.filter(isSync)).toEqual([]);
    expect(none).toEqual(full.filter((call) => !isSync(call)));
  });
});

/** A storage whose publishing fails, after it was done or before; and then, if asked, the reading of the list too. */
function failing(storage: AnyStorage, isDone: boolean, isReadable = true): { readonly storage: AnyStorage; readonly repair: () => void } {
  let isBroken = false;
  let isRepaired = false;
  const fail = ({ operation }: Call): void => {
    if (operation !== 'publish' || isRepaired) return;
    isBroken = true;
    throw broken;
  };
  return {
    storage: watched(
      storage,
      (call) => {
        if (!isDone) fail(call);
        if (call.operation === 'hold' && isBroken && !isReadable && !isRepaired) throw new ReftableError('io', 'FILE_OPEN', 'the line is still down');
      },
      (call) => {
        if (isDone) fail(call);
      },
    ),
    repair: () => {
      isRepaired = true;
    },
  };
}

describe.each(faces)('publishing that fails (%s)', (_, open) => {
  test('but was done, as over a network, is done', async () => {
    const storage = new CountingStorage();
    const stack = await open(failing(storage, true).storage);
    await put(stack, 'a');
    expect(await stack.getRef('a')).toBeDefined();
    expect(strays(storage)).toEqual([]);
    expect(await stack.reload()).toBe(false);
    stack.close();
    // What was published was never handed over; what was read instead is let go of.
    expect(storage.held).toBe(1);
  });

  test('and was not done, has changed nothing', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const before = contentOf(storage);
    for (const work of ['transaction', 'compaction']) {
      const stack = await open(failing(storage, false).storage);
      expect(await errorOf(() => (work === 'compaction' ? stack.compact({ expire: { before: 1 } }) : put(stack, 'b')))).toBe(broken);
      expect(contentOf(storage)).toEqual(before);
      expect(await namesIn(stack)).toEqual(['a']);
    }
  });

  test.each([true, false])('and nobody can tell (done: %s): what may be listed stays, the lock does not', async (isDone) => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const [old] = listed(storage);
    const { storage: faulty, repair } = failing(storage, isDone, false);
    const stack = await open(faulty, { autoCompaction: false });
    expect(await errorOf(() => put(stack, 'b', 2))).toMatchObject({ kind: 'io', code: 'OUTCOME_UNKNOWN', cause: broken });
    expect(storage.existsSync('tables.list.lock')).toBe(false);
    expect(storage.listSync().map(({ name }) => name)).toHaveLength(3);
    expect(listed(storage)).toHaveLength(isDone ? 2 : 1);
    expect(listed(storage)[0]).toBe(old);
    expect(strays(storage)).toHaveLength(isDone ? 0 : 1);
    repair();
    expect(await stack.reload()).toBe(isDone);
    expect(await namesIn(stack)).toEqual(isDone ? ['a', 'b'] : ['a']);
    await put(stack, 'c', 3);
  });

  test('in its last sync tells so, and what is replaced stays, as it may come back', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b']);
    for (const work of ['compaction', 'transaction']) {
      const before = listed(storage);
      let isPublished = false;
      const stack = await open(
        watched(storage, ({ operation }) => {
          if (operation === 'syncNames' && isPublished) throw broken;
          if (operation === 'publish') isPublished = true;
        }),
      );
      const error = await errorOf(() => (work === 'compaction' ? stack.compact() : put(stack, 'c', 3)));
      expect(error).toMatchObject({ kind: 'io', code: 'NOT_DURABLE', file: 'memory/tables.list', cause: broken });
      expect(listed(storage)).toHaveLength(1);
      expect(strays(storage)).toEqual(expect.arrayContaining(before));
      expect(await stack.reload()).toBe(false);
      expect(await namesIn(stack)).toEqual(work === 'compaction' ? ['a', 'b'] : ['a', 'b', 'c']);
    }
  });

  test('because somebody removed the lock, has changed nothing; a lock that another took since then is not touched', async () => {
    for (const isTaken of [false, true]) {
      const storage = new MemoryStorage();
      await putEach(open, storage, ['a']);
      const before = contentOf(storage);
      const stack = await open(storage);
      const error = await errorOf(() =>
        stack.transaction((transaction) => {
          transaction.addRef(direct('b', 1));
          storage.removeSync('tables.list.lock');
          if (isTaken) storage.createSync('tables.list.lock');
        }),
      );
      expect(error).toMatchObject({ kind: 'locked', code: 'LOCK_LOST', file: 'memory/tables.list.lock' });
      expect(strays(storage)).toEqual(isTaken ? ['tables.list.lock'] : []);
      storage.removeSync('tables.list.lock');
      expect(contentOf(storage)).toEqual(before);
    }
  });
});
