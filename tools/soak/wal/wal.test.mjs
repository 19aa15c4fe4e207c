// @ts-check
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleProgram } from '../bundle.mjs';
import { checkLog } from './check.mjs';
import { killWriters } from './kill.mjs';
import { xorshift } from './random.mjs';

const folder = mkdtempSync(join(tmpdir(), 'reftable-soak-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
let program = '';
beforeAll(async () => void (program = await bundleProgram(join(import.meta.dirname, 'appender.mjs'), folder)));

it('a hundred writers, each killed in the middle of it: every acknowledged batch is there', { timeout: 300_000 }, async () => {
  const { wrong, acknowledged, batches, longest } = await killWriters({ program, folder, kills: 100, atOnce: 4, random: xorshift(20260101) });
  expect(wrong).toEqual([]);
  expect(acknowledged).toBeGreaterThan(100);
  expect(batches).toBeGreaterThanOrEqual(acknowledged);
  expect(longest).toBeGreaterThan(5);
});

it.skipIf(process.platform === 'win32')('a file that can not grow: nothing is acknowledged that is not there', () => {
  const path = join(folder, 'full.log');
  // A limit of the system stands for a full disk: it is met in the middle of a frame.
  const { stdout, status } = spawnSync('bash', ['-c', 'ulimit -f 200; exec "$0" "$@"', process.execPath, program, path], { encoding: 'utf8', timeout: 60_000 });
  const lines = stdout.split('\n').slice(0, -1);
  expect(status).toBe(0);
  expect(new Set(lines.filter((line) => line.startsWith('failed')))).toEqual(new Set(['failed LOG_WRITE EFBIG', 'failed LOG_POISONED LOG_WRITE']));
  const { wrong, cut } = checkLog(path, lines);
  expect(wrong).toEqual([]);
  expect(cut).toBeGreaterThan(0);

  // The check itself notices a batch that is lost, and one that is cut in two.
  const copy = join(folder, 'cut.log');
  copyFileSync(path, copy);
  truncateSync(copy, statSync(path).size >> 1);
  expect(checkLog(copy, lines).wrong[0]).toMatch(/was acknowledged and is lost$/);
});
