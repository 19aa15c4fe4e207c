/* What a user who may not read or write is told, and that nothing changes then. */
import { chmodSync, chownSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { isPosix, look, operations, place, type Place } from './hostile.testing.js';
import { errorOf, faces, namesIn, put, strays } from './stack-writes.testing.js';

const isRoot = process.getuid?.() === 0;

/** Does something as a user who owns nothing; who is not root can't be another, but may do no more. */
async function asNobody(act: () => Promise<void>): Promise<void> {
  if (isRoot) process.seteuid!(65_534);
  try {
    await act();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

/** Does something while a file or folder has these permission bits, and sees to it that nothing in the place changes. */
async function withMode({ outside }: Place, file: string, mode: number, act: () => Promise<void>): Promise<void> {
  const before = look(outside);
  const regular = lstatSync(file).mode & 0o777;
  chmodSync(file, mode);
  try {
    await asNobody(act);
  } finally {
    chmodSync(file, regular);
  }
  expect(look(outside)).toEqual(before);
}

describe.skipIf(!isPosix).each(faces)('without permission (%s)', (_, open) => {
  test('to read the list, or a table', async () => {
    for (const name of ['tables.list', 'b.ref']) {
      const where = place();
      const file = join(where.path, name);
      await withMode(where, file, 0, async () => {
        expect(await errorOf(() => open(new FolderStorage(where.path)))).toMatchObject({ kind: 'io', code: 'FILE_OPEN', file, cause: { code: 'EACCES' } });
      });
    }
  });

  test('to look into the folder', async () => {
    const where = place();
    const { path } = where;
    const stack = await open(new FolderStorage(path));
    await withMode(where, path, 0, async () => {
      expect(await errorOf(() => open(new FolderStorage(path)))).toMatchObject({ kind: 'io', code: 'FILE_OPEN' });
      for (const [name, act] of operations) {
        const error = await errorOf(() => act(stack));
        expect(isReftableError(error, 'io') && error.file?.startsWith(path), name).toBe(true);
      }
    });
    stack.close();
  });

  test('to write into the folder: all can be read, nothing written', async () => {
    const where = place();
    const { path } = where;
    await withMode(where, path, 0o555, async () => {
      const stack = await open(new FolderStorage(path));
      expect(await namesIn(stack)).toEqual(['a', 'b']);
      expect(await stack.reload()).toBe(false);
      for (const [name, act] of operations) {
        if (name === 'reload') continue;
        const error = await errorOf(() => act(stack));
        expect(error, name).toMatchObject({ kind: 'io', code: 'FILE_WRITE', file: join(path, 'tables.list.lock'), cause: { code: 'EACCES' } });
      }
      stack.close();
    });
  });

  test.skipIf(!isRoot)('to remove what others have made, as in a folder with the sticky bit: it is written, and the old tables stay', async () => {
    const { path } = place();
    chmodSync(path, 0o1777);
    chownSync(join(path, 'tables.list'), 65_534, 0);
    await asNobody(async () => {
      const stack = await open(new FolderStorage(path));
      await put(stack, 'c');
      expect(stack.tables).toHaveLength(1);
      expect(strays(new FolderStorage(path)).sort()).toEqual(['a.ref', 'b.ref']);
      stack.close();
    });
  });
});
