import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRepository, findRepositorySync } from './repository.js';
import { codeOf, git, gitDirFiles, gitProgram, scratchFolder, tryGit, writeTree } from './repository.testing.js';

const HEAD = 'ref: refs/heads/main\n';
let number = 0;
const scratch = scratchFolder();

/** A new folder with these files. */
function tree(files: Readonly<Record<string, string>>): string {
  const folder = join(scratch, String(number++));
  mkdirSync(folder);
  return writeTree(folder, files);
}

/** Files below a folder. */
function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

/** What both faces say, having said the same. */
async function find(dir: string) {
  const repository = await findRepository(dir);
  expect(findRepositorySync(dir)).toEqual(repository);
  return repository;
}

async function codes(dir: string): Promise<unknown> {
  const code = await codeOf(() => findRepository(dir));
  expect(await codeOf(() => findRepositorySync(dir))).toEqual(code);
  return code;
}

describe('the way to a repository', () => {
  test('from its top, a folder below, a file in it', async () => {
    const root = tree({ ...below('.git', gitDirFiles(HEAD)), 'src/deep/file.ts': '' });
    const gitDir = join(root, '.git');
    const expected = {
      gitDir,
      commonDir: gitDir,
      workTree: root,
      bare: false,
      objectFormat: 'sha1',
      refStorage: 'files',
      sharedRepository: null,
      refDir: gitDir,
      commonRefDir: gitDir,
    };
    for (const path of ['', 'src', 'src/deep', 'src/deep/file.ts']) expect(await find(join(root, path))).toEqual(expected);
  });

  test('from inside the git dir there is no work tree', async () => {
    const root = tree(below('.git', gitDirFiles(HEAD, '[core]\nbare = false\n')));
    const gitDir = join(root, '.git');
    for (const dir of [gitDir, join(gitDir, 'objects')]) expect(await find(dir)).toMatchObject({ gitDir, workTree: null, bare: false });
  });

  test('a bare repository', async () => {
    const root = tree(gitDirFiles(HEAD, '[core]\nbare = true\n'));
    expect(await find(join(root, 'refs'))).toMatchObject({ gitDir: root, workTree: null, bare: true });
  });

  test.skipIf(process.platform === 'win32')('a relative path, and one through a symbolic link', async () => {
    const root = tree({ ...below('.git', gitDirFiles(HEAD)), 'inside/': '' });
    symlinkSync(join(root, 'inside'), join(scratch, 'link'));
    expect(await find(join(scratch, 'link'))).toMatchObject({ workTree: root });
    const here = realpathSync('.');
    expect((await find('.')).gitDir).toBe((await find(here)).gitDir);
  });

  test('a `.git` file, as submodules have it, with the work tree that the configuration names', async () => {
    const root = tree({
      ...below('super/.git', gitDirFiles(HEAD)),
      ...below('super/.git/modules/sub', gitDirFiles(HEAD, '[core]\nworktree = ../../../sub\n')),
      'super/sub/.git': 'gitdir: ../.git/modules/sub\n',
      'super/sub/a/': '',
    });
    const gitDir = join(root, 'super/.git/modules/sub');
    expect(await find(join(root, 'super/sub/a'))).toMatchObject({ gitDir, commonDir: gitDir, workTree: join(root, 'super/sub'), bare: false });
    // From inside its git dir, too.
    expect(await find(gitDir)).toMatchObject({ gitDir, workTree: join(root, 'super/sub'), bare: false });
  });

  test('a linked worktree, of a bare repository here', async () => {
    const config = '[core]\nrepositoryformatversion = 0\nbare = true\nworktree = /elsewhere\n';
    const root = tree({
      ...below('bare.git', gitDirFiles(HEAD, config)),
      'bare.git/worktrees/w/HEAD': HEAD,
      'bare.git/worktrees/w/commondir': '../..\n',
      'w/.git': '',
    });
    const commonDir = join(root, 'bare.git');
    const gitDir = join(commonDir, 'worktrees/w');
    writeFileSync(join(root, 'w/.git'), `gitdir: ${gitDir}\r\n`);
    expect(await find(join(root, 'w'))).toMatchObject({ gitDir, commonDir, workTree: join(root, 'w'), bare: false, refDir: gitDir, commonRefDir: commonDir });

    writeFileSync(join(commonDir, 'config'), `${config}[extensions]\nworktreeConfig = true\n`);
    writeFileSync(join(gitDir, 'config.worktree'), `[core]\nbare = false\nworktree = ${root}/other\n`);
    expect(await find(join(root, 'w'))).toMatchObject({ workTree: join(root, 'other'), bare: false });
  });

  test('what only looks like a git dir is passed by', async () => {
    const root = tree({
      ...below('.git', gitDirFiles(HEAD)),
      'a/.git/HEAD': HEAD,
      'a/.git/objects/': '',
      ...below('b/.git', gitDirFiles('hello\n')),
      'c/.git/HEAD': HEAD,
      'c/.git/objects/': '',
      'c/.git/refs': '',
      'd/HEAD': HEAD,
    });
    for (const dir of ['a', 'b', 'c', 'd']) expect((await find(join(root, dir))).gitDir).toBe(join(root, '.git'));
  });

  test('no repository, no folder', async () => {
    const root = tree({ 'a/b/': '' });
    expect(await codes(join(root, 'a/b'))).toBe('NOT_A_REPOSITORY');
    expect(await codes(join(root, 'missing'))).toBe('NOT_A_REPOSITORY');
  });

  test.each([
    ['no path', 'hello\n'],
    ['an empty path', 'gitdir: \n'],
    ['no such folder', 'gitdir: nowhere\n'],
    ['a folder that is no git dir', 'gitdir: .\n'],
  ])('a `.git` file with %s', async (_, content) => {
    expect(await codes(tree({ '.git': content }))).toBe('GIT_FILE');
  });

  test.skipIf(process.platform === 'win32')('a FIFO for a configuration is not waited for', async () => {
    const root = tree({ '.git/HEAD': HEAD, '.git/objects/': '', '.git/refs/': '' });
    execFileSync('mkfifo', [join(root, '.git/config')]);
    expect(await codes(root)).toBe('NOT_A_FILE');
  });
});

describe('the format', () => {
  const at = (config: string) => tree(below('.git', gitDirFiles(HEAD, config)));

  test.each([
    ['no configuration', '', 'files', 'sha1'],
    ['version 0', '[core]\nrepositoryformatversion = 0\n', 'files', 'sha1'],
    ['version 0 with an unknown extension', '[core]\nrepositoryformatversion = 0\n[extensions]\nfoo = 1\n', 'files', 'sha1'],
    ['extensions without a version', '[extensions]\nrefStorage = reftable\nobjectFormat = sha256\nfoo = 1\n', 'files', 'sha1'],
    ['version 1', '[core]\nrepositoryformatversion = 1\n', 'files', 'sha1'],
    ['reftable', '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n', 'reftable', 'sha1'],
    ['SHA-256', '[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha256\nrefStorage = files\n', 'files', 'sha256'],
    [
      'extensions that change nothing here',
      '[core]\nrepositoryformatversion = 1\n[extensions]\nnoop = 1\npreciousObjects\npartialClone = o\nrelativeWorktrees = true\n',
      'files',
      'sha1',
    ],
  ])('%s', async (_, config, refStorage, objectFormat) => {
    const root = at(config);
    expect(await find(root)).toMatchObject({ refStorage, objectFormat });
    if (gitProgram !== undefined) expect(git(root, 'rev-parse', '--show-ref-format', '--show-object-format')).toBe(`${refStorage}\n${objectFormat}`);
  });

  test.each([
    ['a later version', '[core]\nrepositoryformatversion = 2\n', 'REPOSITORY_VERSION'],
    ['an unknown extension', '[core]\nrepositoryformatversion = 1\n[extensions]\nfoo = 1\n', 'REPOSITORY_EXTENSION'],
    ['version 0 with a known extension of version 1', '[core]\nrepositoryformatversion = 0\n[extensions]\nrefStorage = reftable\n', 'REPOSITORY_EXTENSION'],
    ['an unknown ref storage', '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = sqlite\n', 'REF_STORAGE'],
    ['an unknown hash', '[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = md5\n', 'OBJECT_FORMAT'],
    ['an extension without its value', '[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage\n', 'CONFIG_VALUE'],
    ['a version that is no number', '[core]\nrepositoryformatversion = one\n', 'CONFIG_VALUE'],
    ['a damaged configuration', '[core\n', 'CONFIG_SYNTAX'],
  ])('%s is refused', async (_, config, code) => {
    const root = at(config);
    expect(await codes(root)).toBe(code);
    if (gitProgram !== undefined) expect(tryGit(root, 'rev-parse', '--git-dir')).toBeNull();
  });

  test.each([
    ['reftable', '/data', '/data/reftable', '/data/worktrees/w/reftable'],
    ['reftable', 'data', 'COMMON/data/reftable', 'COMMON/data/worktrees/w/reftable'],
    ['files', '/data', '/data', '/data/worktrees/w'],
  ])('%s kept in %s', async (backend, path, common, own) => {
    const config = `[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = ${backend}://${path}\n`;
    const root = tree({
      ...below('.git', gitDirFiles(HEAD, config)),
      '.git/worktrees/w/HEAD': HEAD,
      '.git/worktrees/w/commondir': '../..\n',
      'w/.git': 'gitdir: ../.git/worktrees/w\n',
    });
    const commonRefDir = common.replace('COMMON', join(root, '.git'));
    expect(await find(root)).toMatchObject({ refStorage: backend, refDir: commonRefDir, commonRefDir });
    expect(await find(join(root, 'w'))).toMatchObject({ refDir: own.replace('COMMON', join(root, '.git')), commonRefDir });
  });
});

describe.skipIf(gitProgram === undefined)('as Git finds it', () => {
  /** What Git says of a folder. */
  function asGit(dir: string) {
    const [gitDir, commonDir, bare, objectFormat, refStorage] = git(
      dir,
      'rev-parse',
      '--path-format=absolute',
      '--git-dir',
      '--git-common-dir',
      '--is-bare-repository',
      '--show-object-format',
      '--show-ref-format',
    ).split('\n');
    return { gitDir, commonDir, bare: bare === 'true', objectFormat, refStorage, workTree: tryGit(dir, 'rev-parse', '--show-toplevel') };
  }

  test.each([
    ['files', 'sha1'],
    ['reftable', 'sha1'],
    ['reftable', 'sha256'],
  ])('%s, %s', async (refFormat, objectFormat) => {
    const root = tree({});
    const init = ['init', '-q', `--ref-format=${refFormat}`, `--object-format=${objectFormat}`];
    git(root, ...init, 'main');
    git(join(root, 'main'), 'commit', '-q', '--allow-empty', '-m', 'x');
    git(root, ...init, '--bare', 'bare.git');
    git(root, ...init, '--separate-git-dir=apart', 'separate');
    git(root, '-c', 'protocol.file.allow=always', '-C', 'main', 'submodule', '--quiet', 'add', '../main', 'sub');
    git(join(root, 'main'), 'worktree', 'add', '-q', '../linked');
    git(root, ...init, 'unset');
    git(join(root, 'unset'), 'config', '--unset', 'core.bare');
    git(join(root, 'bare.git'), 'worktree', 'add', '-q', '--orphan', '../of-bare');
    mkdirSync(join(root, 'main/deep/er'), { recursive: true });
    const dirs = ['main', 'main/deep/er', 'main/.git', 'main/.git/objects', 'bare.git', 'bare.git/refs', 'separate', 'apart', 'main/sub', 'linked', 'main/.git/worktrees/linked', 'unset/.git', 'of-bare', 'bare.git/worktrees/of-bare'];
    for (const dir of dirs) expect(await find(join(root, dir)), dir).toMatchObject(asGit(join(root, dir)));
  });
});
