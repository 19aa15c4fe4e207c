import { MergedTableSync } from '@reftable/merged';
import { BytesSource } from '@reftable/io';
import { openTableSync } from '@reftable/table';
import { expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { openStackReader, StackReader } from './stack-reader.js';
import { openStackReaderSync, StackReaderSync } from './stack-reader-sync.js';
import { openStack } from './stack.js';
import { openStackSync } from './stack-sync.js';
import { all, oid, tableOf, WatchedStorage } from './stack.testing.js';
import { readableReftable } from './table-format.js';

const tables = { a: tableOf(1, ['refs/heads/a', 'refs/heads/b']), b: tableOf(2, ['refs/heads/b']) };

test('reads what is in the tables, merged, with either face', async () => {
  const merged = new MergedTableSync(Object.values(tables).map((bytes) => openTableSync(new BytesSource(bytes))));
  const [sync, later] = [openStackReaderSync(new WatchedStorage(tables)), await openStackReader(new WatchedStorage(tables))];
  const refs = [...merged.refs()];
  expect(refs).toHaveLength(2);
  expect([...sync.refs()]).toEqual(refs);
  expect(await all(later.refs())).toEqual(refs);
  for (const stack of [sync, later]) {
    expect(await stack.getRef('refs/heads/b')).toEqual(merged.getRef('refs/heads/b'));
    expect(stack.hash).toBe('sha1');
    expect(stack.tables.map(({ name }) => name)).toEqual(['a', 'b']);
  }
});

test('a stack is a reader of its own', async () => {
  expect(openStackSync(new WatchedStorage(tables))).toBeInstanceOf(StackReaderSync);
  expect(await openStack(new WatchedStorage(tables))).toBeInstanceOf(StackReader);
});

test('sees what others write when it reloads, and a snapshot does not', async () => {
  const storage = new MemoryStorage();
  const writer = openStackSync(storage);
  const [sync, later] = [openStackReaderSync(storage), await openStackReader(storage)];
  writer.transaction((transaction) => transaction.addRef({ name: 'refs/heads/a', kind: 'direct', oid: oid(1) }));
  expect([sync.getRef('refs/heads/a'), await later.getRef('refs/heads/a')]).toEqual([undefined, undefined]);
  const [before, beforeLater] = [sync.snapshot(), later.snapshot()];
  expect([sync.reload(), await later.reload()]).toEqual([true, true]);
  expect([sync.reload(), await later.reload()]).toEqual([false, false]);
  expect(sync.getRef('refs/heads/a')).toMatchObject({ oid: oid(1) });
  expect(await later.getRef('refs/heads/a')).toMatchObject({ oid: oid(1) });
  expect([before.getRef('refs/heads/a'), await beforeLater.getRef('refs/heads/a')]).toEqual([undefined, undefined]);
});

test('takes the hash and the format that it is told', async () => {
  const opened: string[] = [];
  const format = {
    open: (source: Parameters<typeof readableReftable.open>[0]) => {
      opened.push(source.name!);
      return readableReftable.open(source);
    },
  };
  openStackReaderSync(new WatchedStorage(tables), { format, hash: 'sha1' });
  await openStackReader(new WatchedStorage(tables), { format });
  expect(opened).toEqual(['memory/a', 'memory/b', 'memory/a', 'memory/b']);
  expect(() => openStackReaderSync(new WatchedStorage(tables), { hash: 'sha256' })).toThrow(expect.objectContaining({ code: 'TABLE_HASH' }));
  await expect(openStackReader(new WatchedStorage(tables), { hash: 'sha256' })).rejects.toMatchObject({ code: 'TABLE_HASH' });
});

test('lets go of its files when it is closed, and is not read then', async () => {
  const storage = new WatchedStorage(tables);
  const [sync, later] = [openStackReaderSync(storage), await openStackReader(storage)];
  expect(storage.stillOpen).not.toEqual([]);
  sync.close();
  later[Symbol.dispose]();
  await Promise.resolve();
  expect(storage.stillOpen).toEqual([]);
  expect(() => sync.getRef('refs/heads/a')).toThrow(expect.objectContaining({ code: 'STACK_CLOSED' }));
  await expect(later.getRef('refs/heads/a')).rejects.toMatchObject({ code: 'STACK_CLOSED' });
});

test('a signal ends the opening', async () => {
  await expect(openStackReader(new WatchedStorage(tables), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
