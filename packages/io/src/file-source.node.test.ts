import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, closeSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { FileSource, FileSourceSync } from './file-source.node.js';

const folder = mkdtempSync(join(tmpdir(), 'reftable-io-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array = 'content'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Both faces as one: a promise is of the async face's outcome, or of the sync one's. */
type Open = (path: string) => Promise<Pick<FileSource, 'size' | 'read' | 'close'>>;

const openSyncFace: Open = (path) =>
  settle(() => {
    const source = FileSourceSync.open(path);
    return {
      size: source.size,
      read: (offset, length) => settle(() => source.readSync(offset, length)),
      close: () => settle(() => source.closeSync()),
    };
  });

function settle<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}

describe.each<[string, Open]>([
  ['FileSource', (path) => FileSource.open(path)],
  ['FileSourceSync', openSyncFace],
])('%s', (_, open) => {
  test('a missing file is not found, also below something that is not a folder', async () => {
    const path = join(folder, 'missing');
    await expect(open(path)).rejects.toMatchObject({
      kind: 'not-found',
      code: 'FILE_NOT_FOUND',
      file: path,
      message: `${path}: no such file`,
      cause: expect.objectContaining({ code: 'ENOENT' }) as unknown,
    });
    const below = join(file('plain'), 'below');
    await expect(open(below)).rejects.toMatchObject({ kind: 'not-found', code: 'FILE_NOT_FOUND', file: below });
  });

  test('a folder is not a file', async () => {
    const path = join(folder, 'folder');
    mkdirSync(path, { recursive: true });
    await expect(open(path)).rejects.toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: path });
  });

  test.skipIf(process.platform === 'win32')('a FIFO is not a file, and opening it does not wait for a writer', async () => {
    const path = join(folder, 'fifo');
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
    await expect(open(path)).rejects.toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: path });
  });

  test.skipIf(process.platform === 'win32')('a device is not a file', async () => {
    await expect(open('/dev/null')).rejects.toMatchObject({ kind: 'io', code: 'NOT_A_FILE' });
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(isRoot || process.platform === 'win32')(
    `a file without permission is an io error with its cause${isRoot ? ' (not for root, who may read all)' : ''}`,
    async () => {
      const path = file('secret');
      chmodSync(path, 0);
      await expect(open(path)).rejects.toMatchObject({
        kind: 'io',
        code: 'FILE_OPEN',
        file: path,
        cause: expect.objectContaining({ code: 'EACCES' }) as unknown,
      });
    },
  );

  test('whatever else fails on opening is an io error that says why', async () => {
    const path = join(folder, 'x'.repeat(5000));
    await expect(open(path)).rejects.toMatchObject({
      kind: 'io',
      code: 'FILE_OPEN',
      message: `${path}: can not be opened (ENAMETOOLONG)`,
    });
  });

  test('an empty file has size 0', async () => {
    const source = await open(file('empty', ''));
    expect(source.size).toBe(0);
    expect(await source.read(0, 0)).toEqual(new Uint8Array(0));
    await source.close();
  });

  test('a file that was cut while open gives what is left, and an error for the rest', async () => {
    const path = file('cut', new Uint8Array(1000).fill(7));
    const source = await open(path);
    truncateSync(path, 600);
    expect(await source.read(500, 100)).toEqual(new Uint8Array(100).fill(7));
    await expect(source.read(500, 101)).rejects.toMatchObject({ kind: 'io', code: 'SOURCE_READ', file: path, offset: 600 });
    await expect(source.read(800, 10)).rejects.toMatchObject({ code: 'SOURCE_READ', offset: 800 });
    await source.close();
  });

  test('a file that was replaced or deleted while open is still the one that was opened', async () => {
    const path = file('replaced', 'old bytes');
    const source = await open(path);
    rmSync(path);
    file('replaced', 'new');
    expect(Buffer.from(await source.read(0, 9)).toString()).toBe('old bytes');
    await source.close();
  });

  test('reading what is closed is a misuse, never a read of another file', async () => {
    const source = await open(file('closed', 'mine'));
    await source.close();
    // The system gives the number that has become free to the next file.
    const other = openSync(file('other', 'others'), 'r');
    await expect(source.read(0, 4)).rejects.toMatchObject({ kind: 'misuse', code: 'SOURCE_CLOSED' });
    await source.close();
    closeSync(other);
  });

  test.skipIf(process.platform !== 'linux')('no file stays open where opening fails', async () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 20; round++) await expect(open(folder)).rejects.toThrow();
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
  });
});

test.skipIf(process.platform !== 'linux')('a file that is never closed is closed in the end, without a warning', async () => {
  const path = file('forgotten');
  const warnings: string[] = [];
  const heed = ({ message }: Error): unknown => warnings.push(message);
  process.on('warning', heed);
  const isOpen = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  };
  const open = (): number => readdirSync('/proc/self/fd').filter(isOpen).length;
  const kept = await FileSource.open(path);
  for (let round = 0; round < 20; round++) await FileSource.open(path);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 100 && open() > 1; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  process.off('warning', heed);
  expect([open(), warnings]).toEqual([1, []]);
  expect(await kept.read(0, 7)).toHaveLength(7);
  await kept.close();
});
