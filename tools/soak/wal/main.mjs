// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleProgram } from '../bundle.mjs';
import { killWriters } from './kill.mjs';
import { xorshift } from './random.mjs';

/**
 * `soak wal [--kills N] [--seed N] [--at-once N]`.
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { kills: { type: 'string', default: '1000' }, seed: { type: 'string' }, 'at-once': { type: 'string' } },
  });
  const seed = Number(values.seed ?? 1 + (Date.now() % 2 ** 31));
  const folder = mkdtempSync(join(tmpdir(), 'reftable-soak-wal-'));
  const program = await bundleProgram(join(import.meta.dirname, 'appender.mjs'), folder);
  const atOnce = Number(values['at-once'] ?? availableParallelism());
  const kills = Number(values.kills);
  if (![seed, atOnce, kills].every((number) => Number.isSafeInteger(number) && number > 0)) throw new Error('--kills, --seed and --at-once take whole numbers above 0');
  const { wrong, acknowledged, batches, torn, longest } = await killWriters({ program, folder, kills, atOnce, random: xorshift(seed) });
  process.stdout.write(`seed ${seed}: ${kills} kills, ${acknowledged} batches acknowledged, ${batches} in the logs, at most ${longest} in one, ${torn} logs with a torn end, ${wrong.length} wrong\n`);
  for (const what of wrong.slice(0, 50)) process.stdout.write(`${what}\n`);
  if (wrong.length === 0) rmSync(folder, { recursive: true });
  return wrong.length === 0 ? 0 : 1;
}
