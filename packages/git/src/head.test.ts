import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitStacks, type GitStack } from '@reftable/conformance';
import { describe, expect, test } from 'vitest';
import { readHead, readHeadSync, type Head } from './head.js';
import { codeOf, git, gitDirFiles, gitProgram, gitWith, reftableStub, scratchFolder, tryGit, writeTree } from './repository.testing.js';

const scratch = scratchFolder();
let number = 0;
const OID = '0123456789abcdef0123456789abcdef01234567';
const OTHER = 'fedcba9876543210fedcba9876543210fedcba98';

/** What both faces say, having said the same. */
async function head(dir: string): Promise<Head> {
  const found = await readHead(dir);
  expect(readHeadSync(dir)).toEqual(found);
  return found;
}

async function code(dir: string): Promise<unknown> {
  const found = await codeOf(() => readHead(dir));
  expect(await codeOf(() => readHeadSync(dir))).toEqual(found);
  return found;
}

function folder(): string {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  return path;
}

describe('refs as files', () => {
  const bare = (HEAD: string, files: Readonly<Record<string, string>> = {}) => writeTree(folder(), { ...gitDirFiles(HEAD), ...files });
  const onMain = { ref: 'refs/heads/main', branch: 'main' };

  test.each<[string, string, Record<string, string>, Partial<Head>]>([
    ['a branch', 'ref: refs/heads/main\n', { 'refs/heads/main': `${OID}\n` }, { ...onMain, oid: OID }],
    ['no last newline', 'ref: refs/heads/main', { 'refs/heads/main': OID }, { ...onMain, oid: OID }],
    ['blanks around the target', 'ref:\t refs/heads/main \r\n', { 'refs/heads/main': `${OID} x` }, { ...onMain, oid: OID }],
    ['an id in upper case', 'ref: refs/heads/main\n', { 'refs/heads/main': OID.toUpperCase() }, { ...onMain, oid: OID }],
    ['a branch without commits', 'ref: refs/heads/main\n', {}, { ...onMain, oid: null }],
    ['a branch in a folder', 'ref: refs/heads/a/b\n', { 'refs/heads/a/b': OID }, { ref: 'refs/heads/a/b', branch: 'a/b', oid: OID }],
    ['no branch', 'ref: refs/remotes/o/main\n', { 'refs/remotes/o/main': OID }, { ref: 'refs/remotes/o/main', branch: null, oid: OID }],
    ['detached', `${OID}\n`, {}, { ref: null, branch: null, oid: OID }],
    ['packed', 'ref: refs/heads/main\n', { 'packed-refs': `# pack-refs with: peeled fully-peeled sorted \n${OTHER} refs/heads/a\n${OID} refs/heads/main\n^${OTHER}\n` }, { oid: OID }],
    ['packed, on the first line', 'ref: refs/heads/main\n', { 'packed-refs': `${OID} refs/heads/main\n${OTHER} refs/heads/main2\n` }, { oid: OID }],
    ['another that ends alike is packed', 'ref: refs/heads/main\n', { 'packed-refs': `${OID} refs/heads/x refs/heads/main\n` }, { oid: null }],
    ['loose before packed', 'ref: refs/heads/main\n', { 'refs/heads/main': OID, 'packed-refs': `${OTHER} refs/heads/main\n` }, { oid: OID }],
    ['an empty folder left where it is packed', 'ref: refs/heads/main\n', { 'refs/heads/main/': '', 'packed-refs': `${OID} refs/heads/main\n` }, { oid: OID }],
    ['links', 'ref: refs/heads/a\n', { 'refs/heads/a': 'ref: refs/heads/b', 'refs/heads/b': 'ref: refs/heads/c', 'packed-refs': `${OID} refs/heads/c\n` }, { branch: 'a', oid: OID }],
    ['a link to nothing', 'ref: refs/heads/a\n', { 'refs/heads/a': 'ref: refs/heads/b' }, { branch: 'a', oid: null }],
    ['a name beyond ASCII', 'ref: refs/heads/é\n', { 'refs/heads/é': OID }, { ref: 'refs/heads/é', branch: 'é', oid: OID }],
  ])('%s', async (_, content, files, expected) => {
    expect(await head(bare(content, files))).toMatchObject(expected);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['an empty branch, as crashes leave it', 'ref: refs/heads/main\n', { 'refs/heads/main': '' }, 'REF_CONTENT'],
    ['zero bytes', 'ref: refs/heads/main\n', { 'refs/heads/main': '\0'.repeat(41) }, 'REF_CONTENT'],
    ['an id that is too short', 'ref: refs/heads/main\n', { 'refs/heads/main': OID.slice(1) }, 'REF_CONTENT'],
    ['an id that is too long', 'ref: refs/heads/main\n', { 'refs/heads/main': `${OID}0` }, 'REF_CONTENT'],
    ['a way out of the git dir', 'ref: refs/heads/../../secret\n', { secret: OID }, 'REF_NAME'],
    ['the stub of the other format', 'ref: refs/heads/.invalid\n', {}, 'REF_NAME'],
    ['a branch that leads to another file of the git dir', 'ref: refs/heads/main\n', { 'refs/heads/main': 'ref: config\n' }, 'REF_NAME'],
    ['a loop', 'ref: refs/heads/main\n', { 'refs/heads/main': 'ref: refs/heads/main' }, 'SYMREF_CHAIN'],
    ['packed refs that are a folder', 'ref: refs/heads/main\n', { 'packed-refs/': '' }, 'NOT_A_FILE'],
  ])('%s: an error', async (_, content, files, expected) => {
    const dir = bare(content, files);
    expect(await code(dir)).toBe(expected);
    if (gitProgram !== undefined) expect(tryGit(dir, 'rev-parse', '--verify', 'HEAD')).toBeNull();
  });

  test.skipIf(process.platform === 'win32')('symbolic links, of old', async () => {
    const dir = bare('', { 'refs/heads/main': OID });
    execFileSync('ln', ['-sf', 'refs/heads/main', join(dir, 'HEAD')]);
    expect(await head(dir)).toMatchObject({ ...onMain, oid: OID });
    // One that is no name of a ref stands for the file behind it.
    symlinkSync('main', join(dir, 'refs/heads/other'));
    execFileSync('ln', ['-sf', 'refs/heads/other', join(dir, 'HEAD')]);
    expect(await head(dir)).toMatchObject({ branch: 'other', oid: OID });
    symlinkSync('nowhere', join(dir, 'refs/heads/dangling'));
    execFileSync('ln', ['-sf', 'refs/heads/dangling', join(dir, 'HEAD')]);
    expect(await head(dir)).toMatchObject({ branch: 'dangling', oid: null });
  });

  test.skipIf(process.platform === 'win32')('a FIFO for a branch is not waited for', async () => {
    const dir = bare('ref: refs/heads/main\n', { 'refs/heads/': '' });
    execFileSync('mkfifo', [join(dir, 'refs/heads/main')]);
    expect(await code(dir)).toBe('REF_CONTENT');
  });

  test.skipIf(process.platform !== 'linux')('a name that is not UTF-8', async () => {
    const dir = bare('');
    const ref = Buffer.concat([Buffer.from('refs/heads/'), Buffer.of(0xff, 0x61)]);
    writeFileSync(join(dir, 'HEAD'), Buffer.concat([Buffer.from('ref: '), ref, Buffer.from('\n')]));
    const expected = { ref: 'refs/heads/\uFFFDa', refBytes: Uint8Array.from(ref), branch: '\uFFFDa' };
    expect(await head(dir)).toMatchObject({ ...expected, oid: null });
    mkdirSync(join(dir, 'refs/heads'));
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), ref]), OID);
    expect(await head(dir)).toMatchObject({ ...expected, oid: OID });
  });
});

describe('stacks that Git wrote', () => {
  /** Puts the files of a stack where a repository has them. */
  function repository(stack: GitStack): string {
    const root = writeTree(folder(), {});
    const files: Record<string, string | Uint8Array> = {};
    const put = (prefix: string, content: Iterable<[string, string | Uint8Array]>) => {
      for (const [name, bytes] of content) files[`${prefix}/${name}`] = bytes;
    };
    put('main/.git', Object.entries(reftableStub(stack.hash)));
    put('main/.git/reftable', stack.files);
    for (const worktree of stack.worktrees) {
      const gitDir = `main/.git/worktrees/${worktree.name}`;
      put(gitDir, Object.entries({ HEAD: 'ref: refs/heads/.invalid\n', commondir: '../..\n' }));
      put(`${gitDir}/reftable`, worktree.files);
      files[`${worktree.name}/.git`] = `gitdir: ../${gitDir}\n`;
    }
    return writeTree(root, files);
  }

  test.each(gitStacks().map((stack) => [`${stack.group}/${stack.name}`, stack] as const))('%s', async (_, stack) => {
    const root = repository(stack);
    const places = [{ dir: 'main', refs: stack.expected.refs }, ...stack.worktrees.map(({ name, expected }) => ({ dir: name, refs: expected.refs }))];
    for (const { dir, refs } of places) {
      const expected = refs.find(({ name }) => name === 'HEAD');
      const path = join(root, dir);
      if (expected === undefined) {
        expect(await code(path)).toBe('HEAD_MISSING');
      } else if ('oid' in expected) {
        expect(await head(path)).toMatchObject({ ref: null, branch: null, oid: expected.oid, objectFormat: stack.hash });
      } else {
        const { symref = '', resolved } = expected;
        const branch = symref.startsWith('refs/heads/') ? symref.slice(11) : null;
        expect(await head(path)).toMatchObject({ ref: symref, branch, oid: resolved, refStorage: 'reftable', workTree: path });
      }
    }
  });

  test('what a stack holds is read, not the stub', async () => {
    const root = writeTree(folder(), { ...reftableStub(), 'reftable/tables.list': '' });
    expect(await code(root)).toBe('HEAD_MISSING');
    writeTree(root, { 'reftable/tables.list': '../x\n' });
    expect(await code(root)).toBe('LIST_NAME');
    writeTree(root, { 'reftable/tables.list': 'x.ref\n' });
    expect(await code(root)).toBe('TABLE_MISSING');
  });
});

const formats = [
  ['files', 'sha1'],
  ['files', 'sha256'],
  ['reftable', 'sha1'],
  ['reftable', 'sha256'],
] as const;

describe.skipIf(gitProgram === undefined).each(formats)('as Git says: %s, %s', (refFormat, objectFormat) => {
  const init = ['init', '-q', '-b', 'main', `--ref-format=${refFormat}`, `--object-format=${objectFormat}`];

  function repository(...args: readonly string[]): string {
    const dir = folder();
    git(dir, ...init, ...args);
    return dir;
  }

  function commit(dir: string): string {
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'x');
    return git(dir, 'rev-parse', 'HEAD');
  }

  /** Compares with Git. */
  async function check(dir: string, at: string = dir): Promise<Head> {
    const found = await head(at);
    const ref = tryGit(dir, 'symbolic-ref', '--no-recurse', 'HEAD');
    const oid = tryGit(dir, 'rev-parse', '--verify', 'HEAD');
    const branch = ref?.startsWith('refs/heads/') === true ? ref.slice(11) : null;
    expect(found).toMatchObject({ ref, oid, branch, refStorage: refFormat, objectFormat });
    return found;
  }

  test('without commits, with one, packed, detached, elsewhere', async () => {
    const dir = repository();
    expect((await check(dir)).oid).toBeNull();
    const oid = commit(dir);
    mkdirSync(join(dir, 'a/b'), { recursive: true });
    expect((await check(dir, join(dir, 'a/b'))).branch).toBe('main');
    git(dir, 'checkout', '-q', '-b', 'topic/one');
    commit(dir);
    git(dir, 'pack-refs', '--all');
    expect((await check(dir)).branch).toBe('topic/one');
    git(dir, 'checkout', '-q', '--detach', 'main');
    expect((await check(dir)).oid).toBe(oid);
    git(dir, 'update-ref', 'refs/remotes/origin/x', oid);
    git(dir, 'symbolic-ref', 'HEAD', 'refs/remotes/origin/x');
    expect((await check(dir)).ref).toBe('refs/remotes/origin/x');
    git(dir, 'checkout', '-q', 'main');
    for (let round = 0; round < 5; round++) commit(dir);
    await check(dir);
    git(dir, 'branch', '-D', 'topic/one');
    git(dir, 'symbolic-ref', 'HEAD', 'refs/heads/topic/one');
    expect((await check(dir)).oid).toBeNull();
  });

  test('chains of symbolic refs, as long as Git follows them', async () => {
    const dir = repository();
    const oid = commit(dir);
    git(dir, 'symbolic-ref', 'HEAD', 'refs/heads/s1');
    for (let links = 1; links <= 4; links++) {
      git(dir, 'update-ref', '--no-deref', `refs/heads/s${links}`, oid);
      expect(await check(dir)).toMatchObject({ ref: 'refs/heads/s1', branch: 's1', oid });
      git(dir, 'symbolic-ref', `refs/heads/s${links}`, `refs/heads/s${links + 1}`);
    }
    git(dir, 'update-ref', '--no-deref', 'refs/heads/s5', oid);
    expect(tryGit(dir, 'rev-parse', '--verify', 'HEAD')).toBeNull();
    expect(await code(dir)).toBe('SYMREF_CHAIN');
  });

  test('bare, from inside the git dir, with a separate git dir', async () => {
    const bare = repository('--bare');
    await check(bare, join(bare, 'refs'));
    const dir = repository();
    commit(dir);
    await check(dir, join(dir, '.git/objects'));
    const apart = repository('--separate-git-dir=apart', 'tree');
    commit(join(apart, 'tree'));
    await check(join(apart, 'tree'));
  });

  test('linked worktrees', async () => {
    const dir = repository('main');
    const main = join(dir, 'main');
    const oid = commit(main);
    git(main, 'worktree', 'add', '-q', '-b', 'topic', '../linked');
    const linked = join(dir, 'linked');
    commit(linked);
    expect((await check(linked)).branch).toBe('topic');
    expect((await check(main)).oid).toBe(oid);
    git(linked, 'pack-refs', '--all');
    await check(linked);
    git(linked, 'checkout', '-q', '--detach');
    await check(linked);
    await check(linked, join(main, '.git/worktrees/linked'));
    // From its own stack into the common one, and back into its own, the main one's and another worktree's.
    git(linked, 'update-ref', 'refs/worktree/mine', oid);
    git(linked, 'symbolic-ref', 'refs/heads/link', 'refs/worktree/mine');
    git(linked, 'symbolic-ref', 'HEAD', 'refs/heads/link');
    expect(await check(linked)).toMatchObject({ branch: 'link', oid });
    expect((await head(main)).oid).toBe(oid);
    git(main, 'symbolic-ref', 'HEAD', 'refs/heads/link');
    expect((await check(main)).oid).toBeNull();
  });

  test('a submodule', async () => {
    const dir = repository('inner');
    commit(join(dir, 'inner'));
    git(dir, ...init, 'outer');
    gitWith({ GIT_DEFAULT_REF_FORMAT: refFormat }, join(dir, 'outer'), '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../inner', 'sub');
    commit(join(dir, 'outer'));
    const sub = await check(join(dir, 'outer/sub'));
    expect(sub.gitDir).toBe(join(dir, 'outer/.git/modules/sub'));
    await check(join(dir, 'outer'));
  });
});

// Git knows this since 2.54, and is told by the environment alone.
const isNew = gitProgram !== undefined && Number(/2\.(\d+)/.exec(git('/', 'version'))?.[1]) >= 54;
test.skipIf(!isNew).each(['files', 'reftable'])('%s in another place', async (refFormat) => {
  const dir = folder();
  mkdirSync(join(dir, 'refs'));
  const elsewhere = { GIT_REFERENCE_BACKEND: `${refFormat}://${dir}/refs` };
  gitWith(elsewhere, dir, 'init', '-q', '-b', 'trunk', 'main');
  const main = join(dir, 'main');
  git(main, 'commit', '-q', '--allow-empty', '-m', 'x');
  const oid = git(main, 'rev-parse', 'HEAD');
  expect(await head(main)).toMatchObject({ branch: 'trunk', oid, refStorage: refFormat });
  git(main, 'worktree', 'add', '-q', '-b', 'topic', '../linked');
  expect(await head(join(dir, 'linked'))).toMatchObject({ branch: 'topic', oid });
});
