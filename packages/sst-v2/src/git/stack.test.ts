/* A stack that runs on the proposed format: an experiment in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitStacks } from '@reftable/conformance';
import { MemoryStorage, openStack, openStackSync, type Stack, type StackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { afterAll, expect, test } from 'vitest';
import { codeOf } from '../sst.testing.js';
import { oid } from './git.testing.js';
import { tableFormatV2 } from './table-format.js';

const folder = mkdtempSync(join(tmpdir(), 'sst-v2-'));
afterAll(() => rmSync(folder, { recursive: true }));

const format = tableFormatV2;
const who = { name: 'A U Thor', email: 'author@example.invalid', time: 1_500_000_000, timeZone: 100 };

/** A transaction that sets a branch, with a log entry. */
function commit(stack: StackSync, branch: string, number: number): void {
  stack.transaction((transaction) => {
    transaction.addRef({ name: `refs/heads/${branch}`, kind: 'direct', oid: oid(number) });
    transaction.addLog({ ref: `refs/heads/${branch}`, kind: 'update', oldOid: oid(number - 1), newOid: oid(number), ...who, message: `${number}\n` });
  });
}

test('transactions, automatic compaction and reload', () => {
  const path = join(folder, 'own');
  execFileSync('mkdir', [path]);
  const stack = openStackSync(new FolderStorage(path), { format, durability: 'none' });
  const other = openStackSync(new FolderStorage(path), { format });
  for (let number = 1; number <= 100; number++) commit(stack, `b${number % 10}`, number);
  expect(stack.tables.length).toBeLessThan(10);
  expect(readdirSync(path).filter((name) => name.endsWith('.sst'))).toHaveLength(stack.tables.length);
  expect(readdirSync(path).filter((name) => name.endsWith('.ref'))).toEqual([]);

  expect([...other.names()]).toEqual([]);
  expect(other.reload()).toBe(true);
  expect([...other.names()]).toEqual(Array.from({ length: 10 }, (_, index) => `refs/heads/b${index}`));
  expect(Array.from(other.log('refs/heads/b3'), ({ updateIndex }) => updateIndex)).toEqual([93, 83, 73, 63, 53, 43, 33, 23, 13, 3]);
  expect(other.refsByObject(oid(95)).map(({ name }) => name)).toEqual(['refs/heads/b5']);

  stack.transaction((transaction) => transaction.addRef({ name: 'refs/heads/b5', kind: 'deletion' }));
  expect(stack.compact()).toBe(true);
  expect(stack.tables).toHaveLength(1);
  expect([...stack.names()]).toHaveLength(9);
  expect([...stack.logs()]).toHaveLength(100);
  stack.close();
  other.close();
});

test('the same, async and in memory', async () => {
  const storage = new MemoryStorage();
  const stack: Stack = await openStack(storage, { format, hash: 'sha256' });
  await stack.transaction((transaction) => transaction.addRef({ name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main' }));
  await stack.transaction((transaction) => transaction.addRef({ name: 'refs/heads/main', kind: 'direct', oid: oid(1, 32) }));
  await stack.compact();
  expect(await stack.getRef('refs/heads/main')).toMatchObject({ oid: oid(1, 32), updateIndex: 2 });
  stack.close();
});

test('what is compacted is as it was, under any layout', () => {
  const stack = openStackSync(new MemoryStorage(), { format, autoCompaction: false, layout: { blockSize: 256, aligned: false } });
  for (let number = 1; number <= 200; number++) commit(stack, `${number % 3}/b${number % 50}`, number);
  const [refs, logs] = [[...stack.refs()], [...stack.logs()]];
  expect(stack.compact()).toBe(true);
  expect(stack.tables).toHaveLength(1);
  expect([[...stack.refs()], [...stack.logs()]]).toEqual([refs, logs]);
});

test('in a folder of Git\'s it is refused, and so are its tables where Git\'s are expected', () => {
  const git = gitStacks()[0]!;
  const before = readdirSync(git.directory);
  expect(codeOf(() => openStackSync(new FolderStorage(git.directory), { format }))).toBe('MAGIC');
  expect(readdirSync(git.directory)).toEqual(before);
  expect(codeOf(() => openStackSync(new FolderStorage(join(folder, 'own'))))).toBe('MAGIC');
});
