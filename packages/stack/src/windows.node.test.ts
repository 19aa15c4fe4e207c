/* As on Windows: what is open is not renamed, replaced or removed; folders are not synced; there may be no inode numbers. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

vi.mock('node:fs', async (actual) => (await import('./file-system.testing.js')).mockedFs(await actual()));
vi.mock('node:fs/promises', async (actual) => (await import('./file-system.testing.js')).mockedPromises(await actual()));

import { openFiles, repairSystem, resetSystem, system } from './file-system.testing.js';
import { contentOf, direct, errorOf, faces, listed, namesIn, put, putEach, strays } from './stack-writes.testing.js';
import type { Stack } from './stack.js';

/** Loads a module that takes this for Windows. */
async function onWindows<T>(load: () => Promise<T>): Promise<T> {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'win32' });
  try {
    return await load();
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
}

const { FolderStorage } = await onWindows(() => import('./folder-storage.node.js'));
type FolderStorage = InstanceType<typeof FolderStorage>;

const scratch = mkdtempSync(join(tmpdir(), 'reftable-windows-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let number = 0;

function folder(): FolderStorage {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  return new FolderStorage(path);
}

/** What Windows refuses. */
function refuse(operation: string, ...paths: string[]): string | undefined {
  const open = [...system.opened.values()];
  if (operation === 'rename' && paths.some((path) => open.includes(path))) return 'EPERM';
  if (operation === 'unlink' && paths.some((path) => open.includes(path))) return 'EBUSY';
  if (operation === 'fsync' && !basename(paths[0]!).includes('.')) return 'EPERM';
  return undefined;
}

beforeEach(() => {
  system.refuse = refuse;
});
afterEach(resetSystem);

/** A table too large to be in memory. */
async function large(stack: Stack, from: string): Promise<void> {
  await stack.transaction((transaction) => {
    for (let at = 0; at < 1500; at++) transaction.addRef(direct(`${from}/${at.toString(36).repeat(30)}`, at));
  });
}

describe.each(faces)('a stack (%s)', (_, open) => {
  test('writes, compacts and reads, in several handles at once, and holds no list open', async () => {
    const storage = folder();
    const stacks = [await open(storage), await open(storage, { autoCompaction: false })];
    for (let round = 0; round < 4; round++) {
      for (const [at, stack] of stacks.entries()) {
        await put(stack, `refs/heads/${round}${at}`, round + 1);
        await stack.reload();
        expect(openFiles()).toEqual([]);
      }
    }
    await stacks[0]!.compact();
    expect(strays(storage)).toEqual([]);
    for (const stack of stacks) {
      await stack.reload();
      expect(await namesIn(stack)).toHaveLength(8);
      stack.close();
    }
  });

  test('without inode numbers sees every change, by the names in the list', async () => {
    system.stats = (stats) => Object.assign(Object.create(stats) as typeof stats, { ino: 0n, dev: 0n });
    const storage = folder();
    const [one, other] = [await open(storage), await open(storage)];
    for (let round = 1; round < 5; round++) {
      await put(one, 'a', round);
      expect(await other.reload()).toBe(true);
      expect(await other.getRef('a')).toMatchObject({ updateIndex: round });
      expect([await other.reload(), await one.reload()]).toEqual([false, false]);
    }
    for (const stack of [one, other]) stack.close();
  });

  test.each(['EPERM', 'EISDIR', 'EACCES'])('needs no folder to be synced: %s', async (code) => {
    for (const refused of ['open', 'fsync']) {
      system.refuse = (operation, path = '') => (operation === refused && !basename(path).includes('.') ? code : refuse(operation, path));
      const storage = folder();
      const stack = await open(storage);
      await put(stack, 'a');
      expect(await namesIn(stack)).toEqual(['a']);
      stack.close();
    }
  });

  test('closes large tables before it removes them', async () => {
    const storage = folder();
    const stack = await open(storage, { autoCompaction: false });
    for (const from of ['a', 'b']) await large(stack, from);
    const sync = open === faces[1]![1];
    await stack.compact();
    // The async face closes in the background: what was too late is left to be cleaned up.
    if (sync) expect(strays(storage)).toEqual([]);
    expect(listed(storage)).toHaveLength(1);
    expect(await stack.getRef('b/zzz')).toBeUndefined();
    stack.close();
  });

  test('leaves a table that somebody reads, and does not fail', async () => {
    const storage = folder();
    const stack = await open(storage, { autoCompaction: false });
    for (const from of ['a', 'b']) await large(stack, from);
    const old = listed(storage);
    const snapshot = stack.snapshot();
    expect(await stack.compact()).toBe(true);
    expect(strays(storage).sort()).toEqual([...old].sort());
    expect(await snapshot.getRef(`a/${'1'.repeat(30)}`)).toBeDefined();
    snapshot.release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { removed } = await stack.clean();
    expect([...removed]).toEqual([...old].sort());
    stack.close();
  });
});

describe.each(faces)('a file that a scanner has open (%s)', (_, open) => {
  /** Refuses an operation on matching files, so many times. */
  function scan(operation: string, files: RegExp, times: number, code = 'EBUSY'): { count: number } {
    const seen = { count: 0 };
    system.refuse = (asked, ...paths) => {
      if (asked !== operation || !paths.some((path) => files.test(basename(path))) || seen.count >= times) return refuse(asked, ...paths);
      seen.count++;
      return code;
    };
    return seen;
  }

  test.each([
    ['rename', /^tables\.list$/, 'EPERM'],
    ['rename', /^tables\.list$/, 'EACCES'],
    ['rename', /\.temp\./, 'EBUSY'],
    ['open', /^tables\.list\.lock$/, 'EPERM'],
    ['unlink', /\.ref\.lock$/, 'EBUSY'],
  ])('is waited for: %s %s %s', async (operation, files, code) => {
    const storage = folder();
    await putEach(open, storage, ['a', 'b']);
    const seen = scan(operation, files, 4, code);
    const stack = await open(storage);
    await put(stack, 'c');
    await stack.compact({ expire: { before: 1 } });
    expect(seen.count).toBe(4);
    expect(await namesIn(stack)).toEqual(['a', 'b', 'c']);
    expect(strays(storage)).toEqual([]);
    stack.close();
  });

  test('for good is an error within a second, and nothing has changed', async () => {
    const storage = folder();
    await putEach(open, storage, ['a']);
    const before = contentOf(storage);
    const stack = await open(storage, { autoCompaction: false });
    const seen = scan('rename', /^tables\.list$/, Infinity, 'EPERM');
    const start = performance.now();
    expect(await errorOf(() => put(stack, 'b'))).toMatchObject({ kind: 'io', code: 'FILE_WRITE', file: join(storage.name, 'tables.list'), cause: { code: 'EPERM' } });
    expect(performance.now() - start).toBeGreaterThan(400);
    expect(seen.count).toBe(10);
    expect(contentOf(storage)).toEqual(before);
    repairSystem();
    await put(stack, 'b');
    stack.close();
  });

  test('what else goes wrong is told at once', async () => {
    const storage = folder();
    const stack = await open(storage);
    const seen = scan('rename', /^tables\.list$/, Infinity, 'ENOSPC');
    expect(await errorOf(() => put(stack, 'a'))).toMatchObject({ code: 'FILE_WRITE' });
    expect(seen.count).toBe(1);
    expect(readdirSync(storage.name)).toEqual([]);
    stack.close();
  });
});
