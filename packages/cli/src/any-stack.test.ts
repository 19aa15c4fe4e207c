import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run, scratchFolder } from './cli.testing.js';

const scratch = scratchFolder();

/** A folder with a list of this kind. */
function folderWith(name: string, makeList: (path: string) => void): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  makeList(join(folder, 'tables.list'));
  return folder;
}

describe.skipIf(process.platform === 'win32')('a folder whose list is no regular file is refused at once, and the list not read', () => {
  const folders = [
    folderWith('fifo', (path) => execFileSync('mkfifo', [path])),
    folderWith('device', (path) => {
      symlinkSync('/dev/zero', path);
    }),
    folderWith('link', (path) => {
      writeFileSync(join(scratch, 'elsewhere'), 'a.sst\n');
      symlinkSync(join(scratch, 'elsewhere'), path);
    }),
    folderWith('folder', (path) => mkdirSync(path)),
  ];
  test.each(folders.flatMap((folder) => [['show'], ['ls'], ['log', 'HEAD'], ['dump'], ['dump', '--json']].map((command) => [...command, folder])))('%s %s %s', async (...argv) => {
    const { exitCode, stderr } = await run(argv);
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/^reftable: .*tables\.list: .*\n$/)]);
  });
});
