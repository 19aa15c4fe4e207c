/* Looking at a folder in which things are not what they should be: that is found, not thrown. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { fsckStack, fsckStackSync, type StackFinding } from './fsck.js';
import { fifo, isPosix, newPath, place } from './hostile.testing.js';

/** What both faces find in a folder: code, file, and the code of the error that it is for. */
async function found(path: string): Promise<(readonly [string, string, string | undefined])[]> {
  const findings = fsckStackSync(new FolderStorage(path));
  const plain = (all: readonly StackFinding[]): unknown => all.map(({ code, file }) => [code, file]);
  expect(plain(await fsckStack(new FolderStorage(path)))).toEqual(plain(findings));
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, file, message }) => [code, file, /\(([A-Z_]+)\)$/.exec(message)?.[1]] as const);
}

/** A file without content, which takes no room. */
function large(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 3 * 2 ** 30);
}

describe.skipIf(!isPosix)('a list', () => {
  const ways: readonly (readonly [string, (list: string) => void, string])[] = [
    ['that is a folder', (list) => mkdirSync(list), 'NOT_A_FILE'],
    ['that is a FIFO', fifo, 'NOT_A_FILE'],
    ['that is a link', (list) => symlinkSync('a.ref', list), 'NOT_A_FILE'],
    ['of 3 GiB', large, 'LIST_SIZE'],
  ];

  test.each(ways)('%s', async (_name, make, code) => {
    const { path } = place();
    rmSync(join(path, 'tables.list'));
    make(join(path, 'tables.list'));
    expect(await found(path)).toEqual([['LIST_UNREADABLE', 'tables.list', code]]);
  });

  test.skipIf(process.getuid?.() === 0)('without permission (not for root, who may read all)', async () => {
    const { path } = place();
    chmodSync(join(path, 'tables.list'), 0);
    expect(await found(path)).toEqual([['LIST_UNREADABLE', 'tables.list', 'FILE_OPEN']]);
  });
});

describe('a folder', () => {
  test('that is missing', async () => {
    expect(await found(newPath())).toEqual([['FOLDER_UNREADABLE', '.', 'FILE_NOT_FOUND']]);
  });

  test.skipIf(!isPosix)('that is a file', async () => {
    const path = newPath();
    writeFileSync(path, '');
    expect(await found(path)).toEqual([
      ['FOLDER_UNREADABLE', '.', 'FILE_OPEN'],
      ['LIST_UNREADABLE', 'tables.list', 'FILE_OPEN'],
    ]);
  });
});
