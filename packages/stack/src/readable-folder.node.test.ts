import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { ReadableFolder } from './readable-folder.node.js';
import { openStackReader } from './stack-reader.js';
import { openStackReaderSync } from './stack-reader-sync.js';
import { openStackSync } from './stack-sync.js';
import { oid } from './stack.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'readable-folder-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a folder that is only read shows what another process of writing does, and stays as it is', async () => {
  const writer = openStackSync(new FolderStorage(folder));
  writer.transaction((transaction) => transaction.addRef({ name: 'refs/heads/a', kind: 'direct', oid: oid(1) }));
  const before = readdirSync(folder);
  const [sync, later] = [openStackReaderSync(new ReadableFolder(folder)), await openStackReader(new ReadableFolder(folder))];
  expect(sync.getRef('refs/heads/a')).toMatchObject({ oid: oid(1) });
  expect(await later.getRef('refs/heads/a')).toMatchObject({ oid: oid(1) });
  expect(readdirSync(folder)).toEqual(before);
  writer.transaction((transaction) => transaction.addRef({ name: 'refs/heads/a', kind: 'direct', oid: oid(2) }));
  expect([sync.reload(), await later.reload()]).toEqual([true, true]);
  expect(sync.getRef('refs/heads/a')).toMatchObject({ oid: oid(2) });
  expect(await later.getRef('refs/heads/a')).toMatchObject({ oid: oid(2) });
  for (const stack of [writer, sync, later]) stack.close();
});

test('a stack on it can not be written', () => {
  const stack = openStackSync(new ReadableFolder(folder));
  expect(() => stack.transaction(() => undefined)).toThrow(expect.objectContaining({ code: 'READ_ONLY' }));
  stack.close();
});
