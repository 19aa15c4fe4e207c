/* Folders of tables beside a secret, and all that can be done with them. */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { direct, put } from './stack-writes.testing.js';
import type { Stack } from './stack.js';
import { tableOf } from './stack.testing.js';

/** Whether there are FIFOs, links and permissions. */
export const isPosix = process.platform !== 'win32';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-hostile-'));
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true }));
let number = 0;

/** A path at which there is nothing. */
export function newPath(): string {
  return join(scratch, String(number++));
}

/** Folders: the stack's, and what must not be reached from it. */
export interface Place {
  readonly path: string;
  readonly outside: string;
}

/** A stack of two tables, and a secret beside it. */
export function place(): Place {
  const outside = newPath();
  const path = join(outside, 'reftable');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(outside, 'secret.ref'), tableOf(9, ['secret']));
  writeFileSync(join(path, 'a.ref'), tableOf(1, ['a']));
  writeFileSync(join(path, 'b.ref'), tableOf(2, ['b']));
  writeFileSync(join(path, 'tables.list'), 'a.ref\nb.ref\n');
  return { path, outside };
}

/** All that is in a folder and below: what it is, who may use it, what it holds. */
export function look(path: string): unknown[] {
  return readdirSync(path)
    .sort()
    .map((name) => {
      const file = join(path, name);
      const stats = lstatSync(file);
      const what = stats.isDirectory() ? look(file) : stats.isSymbolicLink() ? readlinkSync(file) : stats.isFile() ? contentOf(file, stats.size) : 'special';
      return [name, stats.mode, what];
    });
}

/** Of a file that is larger than any that is written here, its size: it may be more than can be read. */
function contentOf(file: string, size: number): string | number {
  return size > 1 << 24 ? size : readFileSync(file, 'latin1');
}

/** Everything that can be asked of a stack that is open. */
export const operations: readonly (readonly [string, (stack: Stack) => Promise<unknown>])[] = [
  ['reload', (stack) => stack.reload()],
  ['transaction', (stack) => put(stack, 'x')],
  ['transaction, if nothing has changed', (stack) => stack.transaction((transaction) => transaction.addRef(direct('x', 1)), { whenChanged: 'fail' })],
  ['prepare', (stack) => stack.prepare()],
  ['full compaction', (stack) => stack.compact()],
  ['compaction of a range', (stack) => stack.compact({ tables: { first: 0, last: 1 } })],
  ['expiry', (stack) => stack.compact({ expire: { before: 1 } })],
  ['clean-up', (stack) => stack.clean()],
  ['clean-up that breaks locks', (stack) => stack.clean({ breakLocks: 'all' })],
  [
    'automatic compaction',
    async (stack) => {
      await stack.compactAutomatically();
      if (stack.compactions.lastError !== undefined) throw stack.compactions.lastError as Error;
    },
  ],
];

export function fifo(path: string): void {
  execFileSync('mkfifo', [path]);
}
