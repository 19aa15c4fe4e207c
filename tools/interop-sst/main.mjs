// @ts-check
// `pnpm interop:sst [--rounds N] [--seed N]`: see README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, isFresh } from '../lib/build.mjs';
import { buildPeer } from './build-peer.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' } } });
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? 1 + (Date.now() % 2 ** 31));
if (![rounds, seed].every((number) => Number.isSafeInteger(number) && number > 0)) {
  process.stderr.write('--rounds and --seed take whole numbers above 0\n');
  process.exit(2);
}

const program = buildPeer();
if (program === undefined) {
  process.stderr.write('NOTICE: cargo or the crate sst 0.24.0 is not to be had here, so nothing is compared\n');
  process.exit(0);
}
if (!isFresh() && !(await build())) process.exit(1);

// What follows needs the packages built.
const { Peer } = await import('./peer.mjs');
const { compareGolden, compareRandom } = await import('./compare.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reftable-interop-sst-'));
const peer = new Peer(program, folder);
try {
  const wrong = [...(await compareGolden(peer)), ...(await compareRandom(peer, rounds, seed))];
  for (const what of wrong.slice(0, 50)) process.stdout.write(`${what}\n`);
  process.stdout.write(`${wrong.length === 0 ? 'they agree' : `${wrong.length} differences`}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await peer.close();
  rmSync(folder, { recursive: true });
}
