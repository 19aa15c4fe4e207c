// @ts-check
// Processes that a signal ends while they hold a lock: what they leave behind.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../lib/workspace.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-signals-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Holds the list's lock, and has a table that is written and not committed. It is given the stack's folder. */
const PROGRAM = `
  import { openStack } from '@reftable/stack';
  import { FolderStorage } from '@reftable/stack/node';
  import { leaveNothingBehind } from ${JSON.stringify(join(root, 'packages/cli/src/signals.ts'))};
  leaveNothingBehind();
  const stack = await openStack(new FolderStorage(process.argv[2]));
  const addition = await stack.prepare();
  await addition.addTable((transaction) => {
    for (let ref = 1; ref <= 20_000; ref++) transaction.addRef({ name: 'refs/heads/' + ref, kind: 'direct', oid: String(ref).padStart(40, '0') });
  });
  console.log('ready');
  setInterval(() => {}, 1000);
`;
const program = join(scratch, 'program.mjs');

beforeAll(async () => {
  await build({
    stdin: { contents: PROGRAM, resolveDir: join(root, 'packages/cli') },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@reftable/source'],
    logLevel: 'error',
  });
});

describe('a signal ends a process as it always would, and nothing is left behind', () => {
  it.each(/** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))('%s', async (signal) => {
    const repository = join(scratch, signal);
    cpSync(join(root, 'packages/cli/example.git'), repository, { recursive: true });
    const folder = join(repository, 'reftable');
    const before = readdirSync(folder).sort();
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(readdirSync(folder)).toHaveLength(before.length + 2);
    const ended = new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
    child.kill(signal);
    expect(await ended).toBe(signal);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
