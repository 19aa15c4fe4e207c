/* As on network drives, and where names differ by more than case: identities that lie, answers that are lost, files that go stale. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync, type BigIntStats } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

vi.mock('node:fs', async (actual) => (await import('./file-system.testing.js')).mockedFs(await actual()));
vi.mock('node:fs/promises', async (actual) => (await import('./file-system.testing.js')).mockedPromises(await actual()));

import { openFiles, repairSystem, resetSystem, system } from './file-system.testing.js';
import { FolderStorage } from './folder-storage.node.js';
import { releaseLocks } from './held-files.node.js';
import { contentOf, direct, errorOf, faces, listed, namesIn, put, putEach, setList, strays } from './stack-writes.testing.js';
import { tableOf } from './stack.testing.js';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-network-'));
afterAll(() => rmSync(scratch, { recursive: true }));
afterEach(resetSystem);
let number = 0;

function folder(): FolderStorage {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  return new FolderStorage(path);
}

/** The same, with something else in it. */
const but = (stats: BigIntStats, change: Partial<BigIntStats>): BigIntStats => Object.assign(Object.create(stats) as BigIntStats, change);

describe.each(faces)('inode numbers (%s)', (_, open) => {
  test.each<[string, (stats: BigIntStats) => BigIntStats]>([
    ['there are none', (stats) => but(stats, { ino: 0n })],
    ['larger than 2^53', (stats) => but(stats, { ino: stats.ino + 2n ** 60n })],
    ['rounded, as to a double', (stats) => but(stats, { ino: BigInt(Number(stats.ino + 2n ** 62n)) })],
    ['and the device are the same for all', (stats) => but(stats, { ino: 7n, dev: 7n })],
  ])('%s: every change is seen', async (_name, change) => {
    system.stats = change;
    const storage = folder();
    const [one, other] = [await open(storage), await open(storage, { autoCompaction: false })];
    for (let round = 1; round <= 12; round++) {
      await put(round % 2 === 0 ? one : other, `refs/heads/${round}`, round);
      for (const stack of [one, other]) {
        await stack.reload();
        expect(await stack.getRef(`refs/heads/${round}`)).toBeDefined();
        expect(await stack.reload()).toBe(false);
      }
    }
    await one.compact();
    expect(strays(storage)).toEqual([]);
    for (const stack of [one, other]) stack.close();
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  test('that differ in their last bit only are different', async () => {
    // What `stat` without bigint would take for one.
    let inode = 2n ** 60n;
    const known = new Map<bigint, bigint>();
    system.stats = (stats) => {
      if (!known.has(stats.ino)) known.set(stats.ino, inode++);
      return but(stats, { ino: known.get(stats.ino)!, mtimeNs: 0n, size: stats.size });
    };
    const storage = folder();
    const [one, other] = [await open(storage, { autoCompaction: false }), await open(storage)];
    await put(one, 'a');
    await other.reload();
    // A list of the same length, written at the same time.
    await one.compact({ expire: { before: 1 } });
    expect(await other.reload()).toBe(true);
    expect(other.tables).toEqual(one.tables);
    for (const stack of [one, other]) stack.close();
  });
});

describe.each(faces)('a list whose time changes late (%s)', (_, open) => {
  test('is read again, and is the same', async () => {
    const storage = folder();
    const stack = await open(storage);
    await put(stack, 'a');
    let late = 0n;
    system.stats = (stats) => but(stats, { mtimeNs: stats.mtimeNs + late });
    late = 1_000_000_000n;
    expect(await stack.reload()).toBe(false);
    expect(await stack.getRef('a')).toBeDefined();
    await stack.transaction((transaction) => transaction.addRef(direct('b', 2)), { whenChanged: 'fail' });
    expect(await namesIn(stack)).toEqual(['a', 'b']);
    stack.close();
  });
});

describe.each(faces)('an answer that was lost (%s)', (_, open) => {
  test.each(['EIO', 'ENOENT', 'ETIMEDOUT'])('when the list was replaced: %s', async (code) => {
    const storage = folder();
    const stack = await open(storage, { autoCompaction: false });
    system.complain = (operation, _from, to = '') => (operation === 'rename' && basename(to) === 'tables.list' ? code : undefined);
    for (const name of ['a', 'b', 'c']) await put(stack, name);
    await stack.compact();
    repairSystem();
    expect(await namesIn(stack)).toEqual(['a', 'b', 'c']);
    expect(strays(storage)).toEqual([]);
    const before = contentOf(storage);
    releaseLocks();
    expect(contentOf(storage)).toEqual(before);
    stack.close();
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  test('when a table was named', async () => {
    const storage = folder();
    const stack = await open(storage);
    system.complain = (operation, _from, to = '') => (operation === 'rename' && to.endsWith('.ref') ? 'ENOENT' : undefined);
    await put(stack, 'a');
    expect(await namesIn(stack)).toEqual(['a']);
    expect(strays(storage)).toEqual([]);
    stack.close();
  });

  test('when the list was replaced, and then the line is cut: what may be listed stays', async () => {
    const storage = folder();
    const stack = await open(storage);
    let isCut = false;
    system.complain = (operation, _from, to = '') => {
      if (operation !== 'rename' || basename(to) !== 'tables.list') return undefined;
      isCut = true;
      return 'EIO';
    };
    system.refuse = (operation) => (isCut && operation === 'open' ? 'EIO' : undefined);
    expect(await errorOf(() => put(stack, 'a'))).toMatchObject({ kind: 'io', code: 'OUTCOME_UNKNOWN', cause: { code: 'FILE_WRITE', cause: { code: 'EIO' } } });
    releaseLocks();
    repairSystem();
    expect(strays(storage)).toEqual([]);
    expect(await stack.reload()).toBe(true);
    expect(await namesIn(stack)).toEqual(['a']);
    stack.close();
  });
});

describe.each(faces)('a file that went stale, as the server replaced it (%s)', (_, open) => {
  test.each(['open', 'read'])('when the list was to be read (%s): it is read again', async (refused) => {
    const storage = folder();
    await putEach(open, storage, ['a']);
    let count = 0;
    system.refuse = (operation, path = '') => (operation === refused && basename(path) === 'tables.list' && count++ < 3 ? 'ESTALE' : undefined);
    const stack = await open(storage);
    expect(count).toBe(4);
    expect(await namesIn(stack)).toEqual(['a']);
    stack.close();
    count = -Infinity;
    expect(await errorOf(() => open(storage))).toMatchObject({ kind: 'io', file: join(storage.name, 'tables.list') });
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  test.each(['open', 'read'])('when a table was to be read (%s): it is as one that is gone', async (refused) => {
    const storage = folder();
    await putEach(open, storage, ['a', 'b']);
    const names = listed(storage);
    let isFirst = true;
    system.refuse = (operation, path = '') => {
      if (operation !== refused || basename(path) !== names[1] || !isFirst) return undefined;
      isFirst = false;
      // Compacted by another machine, just now.
      setList(storage, [names[0]!]);
      return 'ESTALE';
    };
    const stack = await open(storage);
    expect(await namesIn(stack)).toEqual(['a']);
    stack.close();
    setList(storage, names);
    system.refuse = (operation, path = '') => (operation === refused && basename(path) === names[1] ? 'ESTALE' : undefined);
    expect(await errorOf(() => open(storage))).toMatchObject({ kind: 'not-found', code: 'TABLE_MISSING', file: join(storage.name, names[1]!) });
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  test('when the list was looked at', async () => {
    const storage = folder();
    const stack = await open(storage);
    await put(stack, 'a');
    await putEach(open, storage, ['b']);
    let isStale = true;
    system.refuse = (operation, path = '') => {
      if (operation !== 'lstat' || basename(path) !== 'tables.list' || !isStale) return undefined;
      isStale = false;
      return 'ESTALE';
    };
    expect(await stack.reload()).toBe(true);
    expect(await namesIn(stack)).toEqual(['a', 'b']);
    stack.close();
  });
});

describe.each(faces)('a system that refuses (%s)', (_, open) => {
  test.each([
    ['lstat', 'EACCES'],
    ['fstat', 'EIO'],
    ['fchmod', 'EPERM'],
    ['fsync', 'EIO'],
    ['rename', 'ENOSPC'],
    ['readdir', 'EACCES'],
  ])('%s tells so in an error of ours, and leaves no lock', async (refused, code) => {
    const { name } = folder();
    const storage = new FolderStorage(name, { shared: 'group' });
    await putEach(open, storage, ['a', 'b']);
    const before = readdirSync(name).sort();
    const stack = await open(storage, { autoCompaction: false });
    system.refuse = (operation) => (operation === refused ? code : undefined);
    for (const act of [() => put(stack, 'c'), () => stack.compact(), () => stack.clean()]) {
      try {
        await act();
      } catch (error) {
        expect(error).toMatchObject({ name: 'ReftableError', file: expect.stringContaining(name) as string });
      }
      // Who may not look whose a lock is can't remove it.
      if (refused === 'lstat') for (const one of readdirSync(name)) if (one.endsWith('.lock')) rmSync(join(name, one));
    }
    repairSystem();
    releaseLocks();
    expect(readdirSync(name).filter((one) => /lock|temp/.test(one))).toEqual([]);
    if (!['readdir'].includes(refused)) expect(readdirSync(name).sort()).toEqual(before);
    stack.close();
  });
});

describe.each(faces)('where case makes no difference (%s)', (_, open) => {
  test('two names of one table are read, compacted and removed as one', async () => {
    system.path = (path) => join(dirname(path), basename(path).toLowerCase());
    const storage = folder();
    writeFileSync(join(storage.name, 'a.ref'), tableOf(1, ['a']));
    setList(storage, ['A.ref', 'a.ref']);
    const stack = await open(storage);
    expect(await namesIn(stack)).toEqual(['a']);
    await put(stack, 'b');
    expect(stack.tables).toHaveLength(1);
    expect(await namesIn(stack)).toEqual(['a', 'b']);
    expect(readdirSync(storage.name).sort()).toEqual([...listed(storage), 'tables.list'].sort());
    stack.close();
  });

  test('our own names are told apart all the same', async () => {
    const storage = folder();
    const stack = await open(storage, { autoCompaction: false });
    for (let round = 0; round < 50; round++) await put(stack, 'a', round + 1);
    expect(new Set(listed(storage).map((name) => name.toLowerCase())).size).toBe(50);
    expect(listed(storage).every((name) => name === name.toLowerCase())).toBe(true);
    stack.close();
  });
});
