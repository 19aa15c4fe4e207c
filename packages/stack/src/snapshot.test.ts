import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Stack } from './stack.js';
import { CountingStorage, direct, errorOf, faces, listed, namesIn, put, putEach, setList } from './stack-writes.testing.js';
import { MemoryStorage } from './memory-storage.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const three = ['refs/heads/a', 'refs/heads/b', 'refs/heads/c'];

describe.each(faces)('a snapshot (%s)', (_, open) => {
  test('stays as it was, whatever becomes of the stack and its files', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, three);
    const stack = await open(storage);
    const snapshot = stack.snapshot();
    const before = stack.tables;
    const other = await open(storage);
    await other.compact();
    await put(other, 'refs/heads/d', 4);
    await stack.reload();
    expect(await namesIn(stack)).toHaveLength(4);
    stack.close();
    for (const { name } of storage.listSync()) storage.removeSync(name);
    expect(await namesIn(snapshot)).toEqual(three);
    expect(await snapshot.getRef('refs/heads/d')).toBeUndefined();
    expect(snapshot.tables).toEqual(before);
  });

  test('is let go of when it is released, and then not read any more', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, three);
    const stack = await open(storage);
    const snapshots = [stack.snapshot(), stack.snapshot()];
    await stack.compact();
    // The old tables; the compacted one is small, and was never opened from its file.
    expect(storage.sources).toBe(3);
    snapshots[0]!.release();
    snapshots[0]!.release();
    expect(storage.sources).toBe(3);
    expect(await snapshots[1]!.getRef(three[0]!)).toBeDefined();
    snapshots[1]!.release();
    expect(storage.sources).toBe(0);
    const released = { kind: 'misuse', code: 'SNAPSHOT_RELEASED' };
    expect(await errorOf(() => snapshots[1]!.getRef(three[0]!))).toMatchObject(released);
    expect(await errorOf(() => namesIn(snapshots[1]!))).toMatchObject(released);
    expect(await errorOf(() => snapshots[1]!.tables)).toMatchObject(released);
    expect(await errorOf(() => snapshots[1]!.refsByObject('0'.repeat(40)))).toMatchObject(released);
  });

  test('is released at the end of its block', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, three);
    {
      using stack = await open(storage);
      using snapshot = stack.snapshot();
      expect(await snapshot.getRef(three[0]!)).toBeDefined();
      stack.close();
      expect(storage.sources).toBe(3);
      expect([storage.held, await errorOf(() => stack.snapshot())]).toMatchObject([0, { code: 'STACK_CLOSED' }]);
    }
    expect(storage.sources).toBe(0);
  });
});

describe.each(faces)('what was begun on an older state (%s)', (_, open) => {
  test('a cursor and an iteration go on over it, though its tables are gone', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, three);
    const stack = await open(storage);
    const names = three.map(() => '');
    const cursor = stack.refCursor();
    const logs = stack.logCursor();
    expect(cursor.next() || (await cursor.load())).toBe(true);
    names[0] = cursor.record.name;
    expect(logs.next() || (await logs.load())).toBe(true);

    const iterator = iterate(stack.refs());
    expect((await iterator.next()).value).toMatchObject({ name: three[0] });
    await stack.transaction((transaction) => {
      for (const name of three) transaction.addRef({ name, kind: 'deletion' });
      transaction.addRef(direct('refs/heads/z', 9));
    });
    await stack.compact();
    expect(listed(storage)).toHaveLength(1);
    expect(await namesIn(stack)).toEqual(['refs/heads/z']);

    for (let at = 1; at < 3; at++) {
      expect(cursor.next() || (await cursor.load())).toBe(true);
      names[at] = cursor.record.name;
      expect((await iterator.next()).value).toMatchObject({ name: three[at] });
    }
    expect(names).toEqual(three);
    expect(cursor.next() || (await cursor.load())).toBe(false);
    expect((await iterator.next()).done).toBe(true);
    // It may go back, too.
    await cursor.seek(three[1]!);
    expect(cursor.next() || (await cursor.load())).toBe(true);
    expect(cursor.record.name).toBe(three[1]);
    expect(logs.next() || (await logs.load())).toBe(true);
    expect(logs.record.name).toBe(three[1]);
  });

  test('goes on though a reload failed', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, three);
    const stack = await open(storage);
    const iterator = iterate(stack.names());
    expect((await iterator.next()).value).toBe(three[0]);
    storage.removeSync(listed(storage)[1]!);
    setList(storage, ['missing.ref']);
    expect(await errorOf(() => stack.reload())).toMatchObject({ code: 'TABLE_MISSING' });
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual(three.slice(1));
    expect(await namesIn(stack)).toEqual(three);
  });

  test('is let go of when nobody has its cursors any more, and not before', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, three);
    const stack = await open(storage);
    const kept = [stack.refCursor()];
    // In a function of its own, so that nothing of it stays in this one's frame.
    await readSome(stack);
    stack.close();
    for (let round = 0; round < 5; round++) await collect();
    expect(storage.sources).toBe(3);
    expect(kept[0]!.next() || (await kept[0]!.load())).toBe(true);
    expect(kept[0]!.record.name).toBe(three[0]);
    kept.length = 0;
    for (let round = 0; storage.sources > 0 && round < 50; round++) await collect();
    expect(storage.sources).toBe(0);
  });
});

async function readSome(stack: Stack): Promise<void> {
  for (const cursor of [stack.refCursor(), stack.logCursor()]) expect(cursor.next() || (await cursor.load())).toBe(true);
  expect(await namesIn(stack)).toEqual(three);
}

/** Collects garbage, and lets finalizers run. */
async function collect(): Promise<void> {
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** An iterator of either face. */
function iterate<T>(items: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
