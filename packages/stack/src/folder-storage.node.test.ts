import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damagedStacks, gitStacks, jgitStacks, type Failure } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { MergedTableSync } from '@reftable/merged';
import { openTableSync } from '@reftable/table';
import { isReftableError, type ReftableError } from '@reftable/varint';
import { afterAll, describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { openStack } from './stack.js';
import { openStackSync } from './stack-sync.js';
import { all, tableOf } from './stack.testing.js';
import { testStorage } from './storage-contract.testing.js';
import { MAX_LIST_SIZE } from './table-list.js';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-stack-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let number = 0;

/** A folder with a list of two tables, `a.ref` and `b.ref`. */
function folder(list = 'a.ref\nb.ref\n'): string {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  writeFileSync(join(path, 'tables.list'), list);
  writeFileSync(join(path, 'a.ref'), tableOf(1, ['a']));
  writeFileSync(join(path, 'b.ref'), tableOf(2, ['b']));
  return path;
}

/** The error with which both faces fail. */
async function failure(path: string): Promise<ReftableError> {
  const errors = [
    await openStack(new FolderStorage(path)).catch((error: unknown) => error),
    await Promise.resolve()
      .then(() => openStackSync(new FolderStorage(path)))
      .catch((error: unknown) => error),
  ];
  for (const error of errors) if (!isReftableError(error)) throw error;
  const [error, sync] = errors as ReftableError[];
  expect(sync).toMatchObject({ kind: error!.kind, code: error!.code, message: error!.message, file: error!.file });
  return error!;
}

/* Files without content, as they take no room: only their size is there. 3 GiB are more than Node reads at once. */
test.each([3 * 2 ** 30, MAX_LIST_SIZE + 1])('a list of %i bytes is not read', async (size) => {
  const path = folder();
  truncateSync(join(path, 'tables.list'), size);
  const list = `${path}/tables.list`;
  const message = `${list}: ${size} bytes, where a list has at most ${MAX_LIST_SIZE}`;
  expect(await failure(path)).toMatchObject({ kind: 'format', code: 'LIST_SIZE', file: list, message });
});

testStorage(() => {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  return new FolderStorage(path);
});

describe('what a list must not lead to', () => {
  test.each([
    ['a path out of the folder', '../secret.ref'],
    ['an absolute path', '/etc/hostname'],
    ['a zero byte', 'a.ref\0'],
  ])('%s', async (_, name) => {
    const path = folder(`a.ref\n${name}\n`);
    writeFileSync(join(scratch, 'secret.ref'), tableOf(9, ['secret']));
    expect(await failure(path)).toMatchObject({ kind: 'format', code: 'LIST_NAME', file: `${path}/tables.list` });
  });

  test('a folder', async () => {
    const path = folder();
    rmSync(join(path, 'b.ref'));
    mkdirSync(join(path, 'b.ref'));
    expect(await failure(path)).toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: join(path, 'b.ref') });
  });

  test.skipIf(process.platform === 'win32')('a FIFO, which is not waited for', async () => {
    const path = folder();
    rmSync(join(path, 'b.ref'));
    execFileSync('mkfifo', [join(path, 'b.ref')]);
    expect(await failure(path)).toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: join(path, 'b.ref') });
    const list = folder();
    rmSync(join(list, 'tables.list'));
    execFileSync('mkfifo', [join(list, 'tables.list')]);
    expect(await failure(list)).toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: `${list}/tables.list` });
  });

  test.skipIf(process.platform === 'win32')('a link, be its target sound', async () => {
    const secret = join(scratch, 'outside.ref');
    writeFileSync(secret, tableOf(2, ['secret']));
    for (const target of [secret, '../outside.ref', 'a.ref', 'nowhere', 'b.ref']) {
      const path = folder();
      rmSync(join(path, 'b.ref'));
      symlinkSync(target, join(path, 'b.ref'));
      expect(await failure(path)).toMatchObject({ kind: 'io', code: 'NOT_A_FILE', file: join(path, 'b.ref') });
    }
    const path = folder();
    rmSync(join(path, 'tables.list'));
    symlinkSync(join(folder(), 'tables.list'), join(path, 'tables.list'));
    expect(await failure(path)).toMatchObject({ code: 'NOT_A_FILE', file: `${path}/tables.list` });
  });
});

test.skipIf(process.platform === 'win32')('a link to the folder itself is followed', () => {
  const path = folder();
  symlinkSync(path, join(scratch, 'link'));
  expect([...openStackSync(new FolderStorage(join(scratch, 'link'))).names()]).toEqual(['a', 'b']);
});

test.skipIf(process.platform !== 'linux')('a failed opening leaves no file open', async () => {
  const path = folder();
  writeFileSync(join(path, 'b.ref'), '');
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 20; round++) expect((await failure(path)).code).toBe('FILE_TOO_SHORT');
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
});

test('reading changes nothing in the folder', async () => {
  const path = folder();
  writeFileSync(join(path, 'stray.ref'), 'x');
  const look = () => readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'latin1')]);
  const before = look();
  const stack = await openStack(new FolderStorage(path));
  await all(stack.refs());
  stack.close();
  openStackSync(new FolderStorage(path)).close();
  expect(look()).toEqual(before);
});

describe('stacks that Git and JGit wrote', () => {
  const stacks = [
    ...gitStacks().flatMap((stack) => [
      { name: `${stack.group}/${stack.name}`, directory: stack.directory, tables: stack.tables },
      ...stack.worktrees.map((one) => ({ name: `${stack.group}/${stack.name}, worktree ${one.name}`, directory: one.directory, tables: one.tables })),
    ]),
    ...jgitStacks().map((stack) => ({ name: `jgit/${stack.name}`, directory: stack.directory, tables: stack.tables })),
  ];

  test.each(stacks)('$name', async ({ directory, tables }) => {
    const merged = new MergedTableSync(tables.map(({ bytes }) => openTableSync(new BytesSource(bytes))));
    const sync = openStackSync(new FolderStorage(directory));
    const stack = await openStack(new FolderStorage(directory));
    expect(sync.tables.map(({ name, size }) => [name, size])).toEqual(tables.map(({ name, bytes }) => [name, bytes.length]));
    const refs = [...merged.refs({ tombstones: true })];
    const logs = [...merged.logs({ tombstones: true })];
    expect([...sync.refs({ tombstones: true })]).toEqual(refs);
    expect([...sync.logs({ tombstones: true })]).toEqual(logs);
    expect(await all(stack.refs({ tombstones: true }))).toEqual(refs);
    expect(await all(stack.logs({ tombstones: true }))).toEqual(logs);
    sync.close();
    stack.close();
  });
});

/** What is wrong with a damaged stack, and the codes that say it here. Null: it is read, as Git does. */
const CODES: Readonly<Partial<Record<Failure, readonly string[] | null>>> = {
  'list-missing': null,
  'stack-order': null,
  'list-unterminated': ['LIST_UNFINISHED'],
  'list-name': ['LIST_NAME'],
  'list-duplicate': ['LIST_DUPLICATE'],
  'table-missing': ['TABLE_MISSING'],
  'table-not-a-file': ['NOT_A_FILE'],
  'hash-mixed': ['TABLE_HASH'],
  'too-short': ['FILE_TOO_SHORT'],
  'bad-magic': ['MAGIC', 'FILE_TOO_SHORT'],
  'footer-missing': ['FOOTER_CRC', 'MAGIC'],
};

describe('damaged stacks', () => {
  test.each(damagedStacks().map((stack) => ({ name: stack.name, stack })))('$name', async ({ stack }) => {
    const { failure: wrong, must } = stack.expected;
    const codes = CODES[wrong];
    if (codes === null) {
      expect(must).toBe('fail or misread');
      const opened = openStackSync(new FolderStorage(stack.directory));
      expect(opened.tables).toHaveLength(wrong === 'list-missing' ? 0 : 2);
      expect([...opened.refs()].length > 0).toBe(wrong !== 'list-missing');
      opened.close();
    } else {
      expect(codes).toContain((await failure(stack.directory)).code);
    }
  });
});

test.skipIf(process.platform === 'win32')('what is open can be read when its files are gone', () => {
  const source = gitStacks()[0]!.directory;
  const copy = join(scratch, 'copy');
  cpSync(source, copy, { recursive: true });
  const stack = openStackSync(new FolderStorage(copy));
  const before = [...stack.refs()];
  rmSync(copy, { recursive: true });
  expect([...stack.refs()]).toEqual(before);
  stack.close();
});
