import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openStack, openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { describe, expect, test } from 'vitest';
import { findRepository, type Repository } from './repository.js';
import { codeOf, git, gitProgram, reftableStub, scratchFolder, tryGit, writeTree } from './repository.testing.js';
import { readStackOptions, readStackOptionsSync } from './stack-options.js';

const scratch = scratchFolder();
let number = 0;

/** A repository of reftables with these settings, and these files beside them. */
async function repository(settings: string, files: Readonly<Record<string, string>> = {}): Promise<Repository> {
  const root = join(scratch, String(number++));
  mkdirSync(root);
  const stub = reftableStub('sha256');
  writeTree(root, { ...stub, config: `${String(stub['config'])}${settings}`, ...files });
  return await findRepository(root);
}

/** What both faces say, having said the same. */
async function read(place: Repository): Promise<unknown> {
  const options = await codeOf(() => readStackOptions(place));
  expect(await codeOf(() => readStackOptionsSync(place))).toEqual(options);
  return options;
}

test('what is not said has the defaults of a stack', async () => {
  expect(await read(await repository(''))).toEqual({ hash: 'sha256', layout: {} });
  const zeros = '[reftable]\nblockSize = 0\nrestartInterval = 0\ngeometricFactor = 0\n';
  expect(await read(await repository(zeros))).toEqual({ hash: 'sha256', layout: {} });
});

test('all settings', async () => {
  const settings = '[Reftable]\nblockSize = 16k\nrestartInterval = 010\nindexObjects = no\ngeometricFactor = 0x5\nlockTimeout = -1\n';
  const place = await repository(settings);
  const options = { hash: 'sha256', layout: { blockSize: 16384, restartInterval: 8, indexObjects: false }, geometricFactor: 5, lockTimeout: -1 };
  expect(await read(place)).toEqual(options);
  // A stack takes them.
  const storage = new FolderStorage(place.refDir);
  (await openStack(storage, await readStackOptions(place))).close();
  openStackSync(storage, readStackOptionsSync(place)).close();
});

test.each([
  ['blockSize = 16m', 'blockSize = 16777215', { layout: { blockSize: 16777215 } }],
  ['blockSize = -1', 'blockSize = 1', { layout: { blockSize: 1 } }],
  ['restartInterval = 64k', 'restartInterval = 65535', { layout: { restartInterval: 65535 } }],
  ['geometricFactor = 256', 'geometricFactor = 1', { geometricFactor: 2 }],
  ['lockTimeout = -2', 'lockTimeout = 0', { lockTimeout: 0 }],
  ['lockTimeout', 'indexObjects', { layout: { indexObjects: true } }],
  ['indexObjects = maybe', 'indexObjects = 0', { layout: { indexObjects: false } }],
])('%s can not be, %s can', async (wrong, right, expected) => {
  expect(await read(await repository(`[reftable]\n${wrong}\n`))).toBe('CONFIG_VALUE');
  expect(await read(await repository(`[reftable]\n${right}\n`))).toMatchObject(expected);
});

describe('files that are included', () => {
  test('count from where they are, each from its own folder; what is missing is passed over', async () => {
    const include = '[reftable]\nblockSize = 1k\ngeometricFactor = 3\n[include]\npath = more/a\npath = missing\n[reftable]\ngeometricFactor = 4\n';
    const place = await repository(include, {
      'more/a': '[include]\npath = b\n[reftable]\nlockTimeout = 7\n',
      'more/b': '[reftable]\nblockSize = 2k\nlockTimeout = 6\ngeometricFactor = 9\n',
    });
    expect(await read(place)).toMatchObject({ layout: { blockSize: 2048 }, lockTimeout: 7, geometricFactor: 4 });
  });

  test('in the home of the user', async () => {
    expect(await read(await repository(`[include]\npath = ~/${'x'.repeat(40)}-${process.pid}\npath = ${homedir()}/${'y'.repeat(40)}\n`))).toMatchObject({ layout: {} });
  });

  test.each([
    ['that include themselves', 'path = config', 'CONFIG_VALUE'],
    ['without a name', 'path', 'CONFIG_VALUE'],
    ['of a user who is not this one', 'path = ~nobody/x', 'CONFIG_VALUE'],
    ['that are none', 'path = objects', 'NOT_A_FILE'],
    ['that make no sense', 'path = HEAD', 'CONFIG_SYNTAX'],
  ])('%s', async (_, line, code) => {
    expect(await read(await repository(`[include]\n${line}\n`))).toBe(code);
  });
});

describe.skipIf(gitProgram === undefined)('as Git has them', () => {
  const root = join(scratch, 'git');
  const said = (dir: string, name: string, type: string): string | null => tryGit(dir, 'config', `--type=${type}`, '--get', `reftable.${name}`);

  async function agrees(dir: string): Promise<void> {
    const place = await findRepository(dir);
    const { layout = {}, geometricFactor, lockTimeout } = await readStackOptions(place);
    const ours = [layout.blockSize, layout.restartInterval, geometricFactor, lockTimeout, layout.indexObjects].map((value) => value?.toString() ?? null);
    const names = ['blockSize', 'restartInterval', 'geometricFactor', 'lockTimeout'];
    expect(ours).toEqual([...names.map((name) => said(dir, name, 'int')), said(dir, 'indexObjects', 'bool')]);
  }

  test('in the main worktree and a linked one, with settings of its own and includes', async () => {
    git(scratch, 'init', '-q', '-b', 'main', '--ref-format=reftable', 'git');
    git(root, 'commit', '-q', '--allow-empty', '-m', 'x');
    git(root, 'worktree', 'add', '-q', '../linked');
    const linked = join(scratch, 'linked');
    const both = async (): Promise<void> => {
      await agrees(root);
      await agrees(linked);
    };
    await both();
    git(root, 'config', 'reftable.blockSize', '8k');
    git(root, 'config', 'reftable.lockTimeout', '0x10');
    await both();
    writeFileSync(join(root, '.git/included'), '[reftable]\nrestartInterval = 010\nblockSize = 2k\n');
    git(root, 'config', 'include.path', 'included');
    git(root, 'config', 'reftable.indexObjects', 'off');
    await both();
    git(root, 'config', 'extensions.worktreeConfig', 'true');
    git(linked, 'config', '--worktree', 'reftable.geometricFactor', '7');
    git(linked, 'config', '--worktree', 'reftable.blockSize', '1k');
    git(root, 'config', '--worktree', 'reftable.lockTimeout', '-1');
    await both();
    appendFileSync(join(root, '.git/config'), '[reftable]\nblockSize = 3k\n');
    await both();
  });

  test('tables that both write are laid out alike', async () => {
    const place = await findRepository(root);
    const blockSizeOf = (name: string): number => readFileSync(join(place.refDir, name)).readUIntBE(5, 3);
    git(root, 'commit', '-q', '--allow-empty', '-m', 'y');
    git(root, 'pack-refs');
    using stack = openStackSync(new FolderStorage(place.refDir), readStackOptionsSync(place));
    expect(blockSizeOf(stack.tables[0]!.name)).toBe(3072);
    stack.transaction((transaction) => {
      transaction.addRef({ name: 'refs/heads/ours', kind: 'symbolic', target: 'refs/heads/main' });
    });
    stack.compact();
    expect(stack.tables.map(({ name }) => blockSizeOf(name))).toEqual([3072]);
    expect(git(root, 'for-each-ref', '--format=%(refname)')).toContain('refs/heads/ours');
  });
});
