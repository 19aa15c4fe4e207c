import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusedSstV2Tables, sstV2GitTables, sstV2Tables } from '@reftable/conformance';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { afterAll, describe, expect, test } from 'vitest';
import { run, scratchFolder } from './cli.testing.js';
import { EXAMPLE } from './place.js';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-tending-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});
let number = 0;

/** A copy of the example repository. */
function repository(): string {
  const path = join(scratch, `${number++}.git`);
  cpSync(EXAMPLE, path, { recursive: true });
  return path;
}

describe('fsck', () => {
  test('finds nothing in the example', async () => {
    expect(await run(['fsck', repository()])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('finds damage, and says where', async () => {
    const path = repository();
    const folder = join(path, 'reftable');
    const table = readdirSync(folder).find((name) => name.endsWith('.ref'))!;
    const bytes = readFileSync(join(folder, table));
    bytes[24] = 0x78;
    writeFileSync(join(folder, table), bytes);
    const { exitCode, stdout, stderr } = await run(['fsck', path]);
    expect(stdout).toContain(`error BLOCK_TYPE ${join(folder, table)}:24: no block type: 120\n`);
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/^reftable: \d+ errors? found\n$/)]);
    const json = await run(['fsck', '--json', join(folder, table)]);
    expect(JSON.parse(json.stdout)).toContainEqual({ code: 'BLOCK_TYPE', severity: 'error', message: 'no block type: 120', offset: 24, path: join(folder, table) });
    expect(json.exitCode).toBe(3);
  });
});

describe('fsck of a repository with worktrees', () => {
  function makeFolderOfList(folder: string): void {
    rmSync(join(folder, 'tables.list'));
    mkdirSync(join(folder, 'tables.list'));
  }

  /** A repository with something to be found in each of its stacks: its own, one to be broken, and one without a list. */
  function withWorktrees(): { path: string; broken: string; damaged: string } {
    const path = repository();
    const [broken, damaged] = [join(path, 'worktrees/broken/reftable'), join(path, 'worktrees/damaged/reftable')];
    for (const folder of [broken, damaged]) cpSync(join(path, 'reftable'), folder, { recursive: true });
    writeFileSync(join(path, 'reftable/x'), '');
    rmSync(join(damaged, 'tables.list'));
    return { path, broken, damaged };
  }

  test.each([
    ['a folder', 'LIST_UNREADABLE', 'tables.list', makeFolderOfList],
    ['of 3 GiB', 'LIST_UNREADABLE', 'tables.list', (folder: string) => truncateSync(join(folder, 'tables.list'), 3 * 2 ** 30)],
    ['missing with its folder', 'FOLDER_UNREADABLE', '', (folder: string) => rmSync(folder, { recursive: true })],
  ])('goes on where a list is %s', async (_, code, file, spoil) => {
    const { path, broken, damaged } = withWorktrees();
    spoil(broken);
    const { exitCode, stdout, stderr } = await run(['fsck', path]);
    expect([exitCode, stderr]).toEqual([3, 'reftable: 2 errors found\n']);
    const lines = stdout.split('\n').filter((line) => !line.startsWith('warning'));
    expect(lines).toEqual([
      `info STRAY_FILE ${join(path, 'reftable/x')}: nothing that belongs here`,
      expect.stringMatching(`^error ${code} ${join(broken, file)}: .+ \\((NOT_A_FILE|LIST_SIZE|FILE_NOT_FOUND)\\)$`),
      `error LIST_MISSING ${join(damaged, 'tables.list')}: no list: the stack counts as empty`,
      '',
    ]);
    const json = await run(['fsck', '--json', path]);
    expect(json).toMatchObject({ exitCode, stderr });
    expect(JSON.parse(json.stdout)).toContainEqual({ code, severity: 'error', message: expect.stringMatching(/ \([A-Z_]+\)$/) as string, path: join(broken, file) });
  });

  test('takes no plain file for a worktree, and says so where their place can not be read', async () => {
    const path = repository();
    mkdirSync(join(path, 'worktrees'));
    writeFileSync(join(path, 'worktrees/file'), '');
    expect(await run(['fsck', path])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    rmSync(join(path, 'worktrees'), { recursive: true });
    writeFileSync(join(path, 'worktrees'), '');
    const { exitCode, stdout } = await run(['fsck', path]);
    expect([exitCode, stdout]).toEqual([3, expect.stringMatching(`^error FOLDER_UNREADABLE ${join(path, 'worktrees')}: ENOTDIR.*\n$`)]);
  });

  test('goes on where the list of all worktrees is a folder', async () => {
    const { path, damaged } = withWorktrees();
    makeFolderOfList(join(path, 'reftable'));
    const { exitCode, stdout } = await run(['fsck', path]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`error LIST_UNREADABLE ${join(path, 'reftable/tables.list')}: `);
    expect(stdout).toContain(`error LIST_MISSING ${join(damaged, 'tables.list')}: `);
  });

  test('a path that leads to nothing is what it was', async () => {
    const path = join(scratch, 'missing');
    expect(await run(['fsck', '--json', path])).toEqual({ exitCode: 4, stdout: '', stderr: `reftable: ${path}: no such file or folder\n` });
  });
});

describe('fsck of a table in the proposed container', () => {
  const folder = scratchFolder();
  const sound = [...sstV2Tables(), ...sstV2GitTables()];

  test.each(sound)('finds nothing: $name', async ({ name, bytes }) => {
    const path = join(folder, `${name}.sst`);
    writeFileSync(path, bytes);
    expect(await run(['fsck', path])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  // Without the right end it is not known for what it is.
  test.each(refusedSstV2Tables().filter(({ name }) => name !== 'cut'))('finds $name: $description', async ({ name, bytes }) => {
    const path = join(folder, `${name}.sst`);
    writeFileSync(path, bytes);
    const { exitCode, stdout, stderr } = await run(['fsck', path]);
    // Metadata of no known GitStorage is not known to be Git's.
    if (name === 'git-storage-4' || name === 'git-no-metadata') expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    else expect([exitCode, stdout, stderr]).toEqual([3, expect.stringMatching(/^error [A-Z_]+ \S+: .+\n$/), 'reftable: 1 error found\n']);
  });

  test('says where', async () => {
    const path = join(folder, 'padding.sst');
    const json = await run(['fsck', '--json', path]);
    expect(JSON.parse(json.stdout)).toEqual([{ code: 'PADDING', severity: 'error', message: 'padding is not zero', offset: expect.any(Number) as number, path }]);
  });
});

describe('compact', () => {
  test('leaves one table', async () => {
    const path = repository();
    const folder = join(path, 'reftable');
    const before = [...openStackSync(new FolderStorage(folder)).refs()];
    const { exitCode, stdout } = await run(['compact', path]);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+ tables?, \d+ bytes -> 1 table, \d+ bytes\n$/)]);
    const stack = openStackSync(new FolderStorage(folder));
    expect([...stack.refs()]).toEqual(before);
    expect(readdirSync(folder)).toHaveLength(2);
    stack.close();
  });

  test('names the lock that it waits for in vain', async () => {
    const path = repository();
    const lock = join(path, 'reftable/tables.list.lock');
    openStackSync(new FolderStorage(join(path, 'reftable'))).transaction((transaction) => {
      transaction.addRef({ name: 'refs/heads/another', kind: 'direct', oid: '1'.repeat(40) });
    });
    writeFileSync(lock, '');
    const { exitCode, stderr } = await run(['compact', path]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`${lock}: locked by another process`)]);
  });

  test("does it by the repository's own settings", async () => {
    const path = repository();
    const folder = join(path, 'reftable');
    appendFileSync(join(path, 'config'), '[include]\npath = more\n[reftable]\nlockTimeout = 0\n');
    writeFileSync(join(path, 'more'), '[reftable]\nblockSize = 2k\n');
    expect((await run(['compact', path])).exitCode).toBe(0);
    const table = readdirSync(folder).find((name) => name.endsWith('.ref'))!;
    expect(readFileSync(join(folder, table)).readUIntBE(5, 3)).toBe(2048);

    writeFileSync(join(folder, 'tables.list.lock'), '');
    const { stderr } = await run(['clean', path]);
    expect(stderr).toContain('locked by another process; if none');

    appendFileSync(join(path, 'config'), '[reftable]\nblockSize = 1g\n');
    expect(await run(['compact', path])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('reftable.blocksize can not be') as string });
  });

  test('takes no table', async () => {
    const folder = join(repository(), 'reftable');
    const table = join(folder, readdirSync(folder).find((name) => name.endsWith('.ref'))!);
    expect((await run(['compact', table])).exitCode).toBe(2);
  });
});

describe('clean', () => {
  test('removes what is left, locks if it is told to', async () => {
    const path = repository();
    for (const name of ['tables.list.lock', '0x000000000001-0x000000000001-00000000.temp.AbCdEf']) writeFileSync(join(path, 'reftable', name), '');
    expect((await run(['clean', path])).exitCode).toBe(3);
    expect((await run(['clean', path, '--break-locks', 'some'])).exitCode).toBe(2);
    expect((await run(['clean', path, '--break-locks', '3600'])).exitCode).toBe(3);
    expect(await run(['clean', path, '--break-locks', 'all'])).toEqual({
      exitCode: 0,
      stdout: 'removed 0x000000000001-0x000000000001-00000000.temp.AbCdEf\nremoved tables.list.lock\n',
      stderr: '',
    });
  });
});
