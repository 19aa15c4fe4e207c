/*
 * A folder that means harm, or is damaged: whatever is done with it, by reading or by writing, ends in an error of ours that names the file,
 * opens nothing outside, waits for nobody, and changes nothing.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isReftableError } from '@reftable/varint';
import { afterEach, describe, expect, test, vi } from 'vitest';

vi.mock('node:fs', async (actual) => (await import('./file-system.testing.js')).mockedFs(await actual()));
vi.mock('node:fs/promises', async (actual) => (await import('./file-system.testing.js')).mockedPromises(await actual()));

import { resetSystem, system } from './file-system.testing.js';
import { FolderStorage } from './folder-storage.node.js';
import { fifo, isPosix, look, newPath, operations, place, type Place } from './hostile.testing.js';
import type { Stack } from './stack.js';
import { errorOf, faces, namesIn, put, setList, strays, type Opener } from './stack-writes.testing.js';
import { tableOf } from './stack.testing.js';

afterEach(resetSystem);

/** Does all that can be done; gives the errors, by what was done. */
async function doAll(open: Opener, { path, outside }: Place, spoil: () => void): Promise<Map<string, unknown>> {
  const errors = new Map<string, unknown>();
  const stacks: Stack[] = [];
  while (stacks.length < operations.length) stacks.push(await open(new FolderStorage(path), { lockTimeout: 0 }));
  spoil();
  const before = look(outside);
  const reached: string[] = [];
  system.refuse = (operation, file = '') => {
    if (operation === 'open') reached.push(resolve(file));
    return undefined;
  };
  errors.set('open', await errorOf(() => open(new FolderStorage(path))));
  for (const [name, act] of operations) {
    const stack = stacks.shift()!;
    errors.set(name, await errorOf(() => act(stack)));
    stack.close();
    expect(look(outside), name).toEqual(before);
  }
  expect(reached.length).toBeGreaterThan(operations.length);
  for (const file of reached) expect(file === path || file.startsWith(`${path}/`), file).toBe(true);
  return errors;
}

/** What becomes of the list and of a third table in it, the error's code, and the file that it names. */
const spoiled: readonly (readonly [string, (place: Place) => void, string | RegExp, string])[] = [
  ['a list with a path out of the folder', ({ path }) => writeFileSync(join(path, 'tables.list'), 'a.ref\n../secret.ref\n'), 'LIST_NAME', 'tables.list'],
  ['a list with an absolute path', ({ path, outside }) => writeFileSync(join(path, 'tables.list'), `a.ref\n${outside}/secret.ref\n`), 'LIST_NAME', 'tables.list'],
  ['a list with a zero byte', ({ path }) => writeFileSync(join(path, 'tables.list'), 'a.ref\nb.ref\0.png\n'), 'LIST_NAME', 'tables.list'],
  ['a list of zeros', ({ path }) => writeFileSync(join(path, 'tables.list'), Buffer.alloc(4096)), 'LIST_UNFINISHED', 'tables.list'],
  ['a list that names a table twice', ({ path }) => writeFileSync(join(path, 'tables.list'), 'a.ref\nb.ref\na.ref\n'), 'LIST_DUPLICATE', 'tables.list'],
  ['a list without its last newline', ({ path }) => writeFileSync(join(path, 'tables.list'), 'a.ref\nb.ref'), 'LIST_UNFINISHED', 'tables.list'],
  ['a list that is no text', ({ path }) => writeFileSync(join(path, 'tables.list'), Uint8Array.of(0xff, 0xfe, 10)), 'LIST_NAME', 'tables.list'],
  ['a list that names itself', ({ path }) => writeFileSync(join(path, 'tables.list'), 'a.ref\ntables.list\n'), 'FILE_TOO_SHORT', 'tables.list'],
  ['a list of 3 GiB', ({ path }) => truncateSync(join(path, 'tables.list'), 3 * 2 ** 30), 'LIST_SIZE', 'tables.list'],
  ['a list that is a folder', otherwise((list) => mkdirSync(list)), 'NOT_A_FILE', 'tables.list'],
  ['a list that is a FIFO', otherwise(fifo), 'NOT_A_FILE', 'tables.list'],
  [
    'a list that is a link',
    ({ path, outside }) => {
      writeFileSync(join(outside, 'list'), 'a.ref\n');
      rmSync(join(path, 'tables.list'));
      symlinkSync('../list', join(path, 'tables.list'));
    },
    'NOT_A_FILE',
    'tables.list',
  ],
  ['a list that is a link to nothing', otherwise((list) => symlinkSync('nothing', list)), 'NOT_A_FILE', 'tables.list'],
  ['a table that is missing', third(() => undefined), 'TABLE_MISSING', 'c.ref'],
  ['a table that is a folder', third((file) => mkdirSync(file)), 'NOT_A_FILE', 'c.ref'],
  ['a table that is a FIFO', third(fifo), 'NOT_A_FILE', 'c.ref'],
  ['a table that is a link', third((file) => symlinkSync('../secret.ref', file)), 'NOT_A_FILE', 'c.ref'],
  ['a table that is a link to nothing', third((file) => symlinkSync('nothing', file)), 'NOT_A_FILE', 'c.ref'],
  ['a table that is a link to itself', third((file) => symlinkSync('c.ref', file)), 'NOT_A_FILE', 'c.ref'],
  ['a table that is empty', third((file) => writeFileSync(file, '')), 'FILE_TOO_SHORT', 'c.ref'],
  ['a table of zeros', third((file) => writeFileSync(file, Buffer.alloc(1024))), 'MAGIC', 'c.ref'],
  ['a table that is cut', third((file) => writeFileSync(file, tableOf(3, ['c']).slice(0, -1))), 'FOOTER_CRC', 'c.ref'],
  ['a table of another hash', third((file) => writeFileSync(file, tableOf(3, ['c'], { hash: 'sha256' }))), 'TABLE_HASH', 'c.ref'],
];

/** Makes something else of the list. */
function otherwise(make: (list: string) => void): (place: Place) => void {
  return ({ path }) => {
    rmSync(join(path, 'tables.list'));
    make(join(path, 'tables.list'));
  };
}

/** Makes a third table, and lists it. */
function third(make: (file: string) => void): (place: Place) => void {
  return ({ path }) => {
    make(join(path, 'c.ref'));
    writeFileSync(join(path, 'tables.list'), 'a.ref\nb.ref\nc.ref\n');
  };
}

describe.skipIf(!isPosix).each(faces)('%s', (_, open) => {
  test.each(spoiled)('%s', async (_name, spoil, code, file) => {
    const where = place();
    const errors = await doAll(open, where, () => spoil(where));
    for (const [name, error] of errors) {
      if (!isReftableError(error)) throw error;
      // To what needs the list as it was, that it is another is reason enough.
      const isOutdated = error.code === 'STACK_OUTDATED' && (name === 'transaction, if nothing has changed' || name === 'compaction of a range');
      if (!isOutdated) expect([error.code, error.file], name).toEqual([code, join(where.path, file)]);
      expect(error.message).toContain(where.path);
    }
  });
});

const ways: readonly (readonly [string, (file: string) => void])[] = [
  ['a file', (file) => writeFileSync(file, '')],
  ['a folder', (file) => mkdirSync(file)],
  ['a link to nothing', (file) => symlinkSync('../not-there', file)],
  ['a link to a secret', (file) => symlinkSync('../secret.ref', file)],
  ['a FIFO', fifo],
];

describe.skipIf(!isPosix).each(faces)('a lock that is there (%s)', (_, open) => {
  test.each(ways)('of the list, as %s, is held', async (_name, make) => {
    const where = place();
    const lock = join(where.path, 'tables.list.lock');
    make(lock);
    const before = look(where.outside);
    for (const [name, act] of operations) {
      if (name.includes('breaks') || name === 'reload') continue;
      const stack = await open(new FolderStorage(where.path), { lockTimeout: 5 });
      expect(await errorOf(() => act(stack)), name).toMatchObject({ kind: 'locked', code: 'LOCK_HELD', file: lock });
      expect(look(where.outside), name).toEqual(before);
      expect(await namesIn(stack)).toEqual(['a', 'b']);
      stack.close();
    }
  });

  test.each(ways)('of a table, as %s, is held', async (_name, make) => {
    const where = place();
    const lock = join(where.path, 'b.ref.lock');
    make(lock);
    const before = look(where.outside);
    for (const [name, act] of operations.filter(([operation]) => /compaction|expiry/.test(operation))) {
      const stack = await open(new FolderStorage(where.path), { lockTimeout: 5 });
      expect(await errorOf(() => act(stack)), name).toMatchObject({ kind: 'locked', code: 'LOCK_HELD', file: lock });
      expect(look(where.outside), name).toEqual(before);
      stack.close();
    }
    // A transaction does without the table.
    const stack = await open(new FolderStorage(where.path));
    await put(stack, 'c');
    expect(stack.tables.slice(0, 2).map(({ name }) => name)).toEqual(['a.ref', 'b.ref']);
    stack.close();
  });
});

describe.each(faces)('a folder (%s)', (_, open) => {
  test('that does not exist is an empty stack to read; nobody makes it', async () => {
    const path = newPath();
    const stack = await open(new FolderStorage(path));
    expect([await namesIn(stack), await stack.reload()]).toEqual([[], false]);
    expect(await errorOf(() => put(stack, 'a'))).toMatchObject({ kind: 'not-found', code: 'FILE_NOT_FOUND', file: join(path, 'tables.list.lock') });
    expect(existsSync(path)).toBe(false);
    stack.close();
  });

  test.skipIf(!isPosix)('that is a file is an error', async () => {
    const path = newPath();
    writeFileSync(path, 'x');
    expect(await errorOf(() => open(new FolderStorage(path)))).toMatchObject({ kind: 'io', code: 'FILE_OPEN', file: join(path, 'tables.list'), cause: { code: 'ENOTDIR' } });
    // Also where it becomes one.
    const { path: other } = place();
    const stack = await open(new FolderStorage(other));
    rmSync(other, { recursive: true });
    writeFileSync(other, 'x');
    for (const [name, act] of operations) {
      const error = await errorOf(() => act(stack));
      expect(isReftableError(error, 'io') && error.file?.startsWith(other), name).toBe(true);
    }
    expect(readFileSync(other, 'latin1')).toBe('x');
    stack.close();
  });

  test('of thousands of tables is odd, but legal', async () => {
    const { path } = place();
    const storage = new FolderStorage(path);
    const names = Array.from({ length: 3000 }, (_name, at) => `${at}.ref`);
    for (const [at, name] of names.entries()) writeFileSync(join(path, name), tableOf(at + 1, [`refs/${at}`]));
    setList(storage, names);
    for (const name of ['a.ref', 'b.ref']) rmSync(join(path, name));
    const stack = await open(storage, { durability: 'none' });
    expect(stack.tables).toHaveLength(3000);
    expect(await stack.getRef('refs/1234')).toMatchObject({ updateIndex: 1235 });
    await put(stack, 'new');
    expect(stack.tables).toHaveLength(1);
    expect(stack.tables[0]).toMatchObject({ minUpdateIndex: 1, maxUpdateIndex: 3001 });
    expect(await namesIn(stack)).toHaveLength(3001);
    expect(strays(storage)).toEqual([]);
    stack.close();
  });
});

