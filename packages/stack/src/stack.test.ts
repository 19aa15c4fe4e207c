import { MergedTableSync } from '@reftable/merged';
import { BytesSource, DirectorySource, type DirectoryHandle } from '@reftable/io';
import { openTableSync, writeTable } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { DirectoryStorage } from './directory-storage.js';
import { openStack } from './stack.js';
import { openStackSync } from './stack-sync.js';
import { all, WatchedStorage, oid, tableOf } from './stack.testing.js';
import { MAX_LIST_SIZE } from './table-list.js';

const name = (at: number) => `refs/heads/${String(at).padStart(5, '0')}`;

function fourTables(): Record<string, Uint8Array> {
  const deletion = { name: name(2), updateIndex: 4, kind: 'deletion' as const };
  const limits = { minUpdateIndex: 4, maxUpdateIndex: 4 };
  const log = { ref: name(1), updateIndex: 4, kind: 'update' as const, oldOid: oid(1), newOid: oid(4), name: 'A', email: 'a@b', time: 1, timeZone: 0, message: 'x' };
  return { a: tableOf(1, [name(1), name(2)]), b: tableOf(2, [name(2), name(3)]), c: tableOf(3, [name(3)]), d: writeTable({ refs: [deletion], logs: [log] }, limits) };
}

describe('both faces', () => {
  test('read what is in the tables, merged', async () => {
    const tables = fourTables();
    const merged = new MergedTableSync(Object.values(tables).map((bytes) => openTableSync(new BytesSource(bytes))));
    const sync = openStackSync(new WatchedStorage(tables));
    const async_ = await openStack(new WatchedStorage(tables));
    const refs = [...merged.refs({ tombstones: true })];
    expect(refs).toHaveLength(3);
    expect([...sync.refs({ tombstones: true })]).toEqual(refs);
    expect(await all(async_.refs({ tombstones: true }))).toEqual(refs);
    expect([...sync.logs()]).toEqual([...merged.logs()]);
    expect(await all(async_.logs())).toEqual([...merged.logs()]);
    for (const at of [0, 1, 2, 3]) {
      expect(sync.getRef(name(at))).toEqual(merged.getRef(name(at)));
      expect(await async_.getRef(name(at))).toEqual(merged.getRef(name(at)));
      expect(sync.refsByObject(oid(at))).toEqual(merged.refsByObject(oid(at)));
      expect(await async_.refsByObject(oid(at))).toEqual(merged.refsByObject(oid(at)));
    }
  });

  test('say what the tables are', async () => {
    const storage = new WatchedStorage(fourTables());
    const expected = ['a', 'b', 'c', 'd'].map((table, at) => ({
      name: table,
      size: storage.files.get(table)?.length,
      minUpdateIndex: at + 1,
      minUpdateIndexExact: BigInt(at + 1),
      maxUpdateIndex: at + 1,
      maxUpdateIndexExact: BigInt(at + 1),
    }));
    expect(openStackSync(storage).tables).toEqual(expected);
    expect((await openStack(storage)).tables).toEqual(expected);
    expect(openStackSync(storage).hash).toBe('sha1');
    expect((await openStack(new WatchedStorage({ x: tableOf(1, ['x'], { hash: 'sha256' }) }))).hash).toBe('sha256');
  });

  test('are empty without tables', async () => {
    const sync = openStackSync(new WatchedStorage());
    const async_ = await openStack(new WatchedStorage());
    expect([sync.hash, async_.hash]).toEqual([undefined, undefined]);
    expect([...sync.refs(), ...sync.logs(), ...sync.tables]).toEqual([]);
    expect(await all(async_.refs())).toEqual([]);
  });

  test('close their tables, after which there is nothing to read', async () => {
    const storage = new WatchedStorage(fourTables());
    const sync = openStackSync(storage);
    const async_ = await openStack(storage);
    // The list and four tables each.
    expect(storage.stillOpen).toHaveLength(10);
    sync.close();
    async_.close();
    await new Promise(setImmediate);
    expect(storage.stillOpen).toEqual([]);
    sync.close();
    async_.close();
    const closed = expect.objectContaining({ kind: 'misuse', code: 'STACK_CLOSED' }) as Error;
    expect(() => sync.getRef(name(1))).toThrow(closed);
    await expect(async_.getRef(name(1))).rejects.toThrow(closed);
  });

  test('stay as they were opened, whatever becomes of the files', () => {
    const storage = new WatchedStorage(fourTables());
    const stack = openStackSync(storage);
    const before = [...stack.refs()];
    storage.files.clear();
    storage.setList([]);
    expect([...stack.refs()]).toEqual(before);
  });

  test('a failed opening closes what was opened', async () => {
    const storage = new WatchedStorage({ ...fourTables(), e: tableOf(5, ['x'], { hash: 'sha256' }) });
    expect(() => openStackSync(storage)).toThrow('memory/e: a table of sha256 in a stack of sha1');
    await expect(openStack(storage)).rejects.toMatchObject({ kind: 'format', code: 'TABLE_HASH', file: 'memory/e' });
    expect(storage.stillOpen).toEqual([]);
  });

  test('wait, really, for a list that changes', async () => {
    for (const open of [(storage: WatchedStorage) => Promise.resolve(openStackSync(storage).tables), async (storage: WatchedStorage) => (await openStack(storage)).tables]) {
      const storage = new WatchedStorage({ t0: tableOf(1, ['x']) });
      let number = 0;
      storage.onOpen = (file) => {
        if (file === 'tables.list' || number === 4) return;
        storage.files.delete(file);
        storage.files.set(`t${++number}`, tableOf(1, ['x']));
        storage.setList([`t${number}`]);
      };
      const start = performance.now();
      expect((await open(storage)).map((table) => table.name)).toEqual(['t4']);
      // At least 1 ms each; clocks are coarse.
      expect(performance.now() - start).toBeGreaterThan(3);
    }
  });
});

test('thousands of tables', async () => {
  const tables = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`${at}.ref`, tableOf(at + 1, [name(at), name(at + 1)])]));
  const storage = new WatchedStorage(tables);
  const stack = openStackSync(storage);
  const refs = [...stack.refs()];
  expect(refs).toHaveLength(3001);
  // Each name but the first and the last is in two tables, and the newer one counts.
  expect(refs.map(({ updateIndex }) => updateIndex)).toEqual([...Array.from({ length: 3000 }, (_, at) => at + 1), 3000].toSorted((a, b) => a - b));
  expect(stack.getRef(name(0))).toMatchObject({ updateIndex: 1 });
  expect(await (await openStack(storage)).getRef(name(1500))).toMatchObject({ updateIndex: 1501 });
});

test('update indexes beyond 2^53', () => {
  const top = 2n ** 64n - 1n;
  const stack = openStackSync(new WatchedStorage({ a: tableOf(2n ** 53n, ['a']), b: tableOf(2n ** 53n + 1n, ['a', 'b']), c: tableOf(top, ['c']) }));
  expect(stack.tables.map(({ maxUpdateIndex, maxUpdateIndexExact }) => [maxUpdateIndex, maxUpdateIndexExact])).toEqual([
    [Number.MAX_SAFE_INTEGER, 2n ** 53n],
    [Number.MAX_SAFE_INTEGER, 2n ** 53n + 1n],
    [Number.MAX_SAFE_INTEGER, top],
  ]);
  expect([...stack.refs()].map(({ name: ref, updateIndexExact }) => [ref, updateIndexExact])).toEqual([
    ['a', 2n ** 53n + 1n],
    ['b', 2n ** 53n + 1n],
    ['c', top],
  ]);
});

describe('a folder of a browser', () => {
  /** As much as a `FileSystemDirectoryHandle` has that is asked for. */
  function handle(files: ReadonlyMap<string, Uint8Array>): DirectoryHandle {
    return {
      name: 'reftable',
      async *values() {
        await Promise.resolve();
        for (const file of files.keys()) yield { kind: 'file' as const, name: file };
      },
      async getFileHandle(file) {
        await Promise.resolve();
        const bytes = files.get(file);
        if (bytes === undefined) throw new DOMException('could not be found', 'NotFoundError');
        return { getFile: () => Promise.resolve(new Blob([bytes.slice()])) };
      },
    };
  }

  test('holds a stack', async () => {
    const { files } = new WatchedStorage(fourTables());
    const stack = await openStack(new DirectoryStorage(new DirectorySource(handle(files))));
    expect(stack.tables.map((table) => table.name)).toEqual(['a', 'b', 'c', 'd']);
    expect(await all(stack.refs())).toEqual([...openStackSync(new WatchedStorage(fourTables())).refs()]);
    stack.close();
  });

  test('with a list that is too large is an error: it is not read', async () => {
    const large = { size: MAX_LIST_SIZE + 1, slice: () => expect.fail('it is read') } as unknown as Blob;
    const directory = new DirectorySource({ ...handle(new Map()), getFileHandle: () => Promise.resolve({ getFile: () => Promise.resolve(large) }) });
    const error = await openStack(new DirectoryStorage(directory)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'format', code: 'LIST_SIZE', file: 'reftable/tables.list' });
  });

  test('without a list is an empty stack; without a table, an error', async () => {
    expect((await openStack(new DirectoryStorage(new DirectorySource(handle(new Map()))))).tables).toEqual([]);
    const { files } = new WatchedStorage(fourTables());
    files.delete('b');
    const error = await openStack(new DirectoryStorage(new DirectorySource(handle(files)))).catch((reason: unknown) => reason);
    expect(isReftableError(error, 'TABLE_MISSING') && error.file).toBe('reftable/b');
  });
});
