// @ts-check
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Git } from '../../fixtures/lib/git.mjs';
import { Random } from '../../fixtures/lib/random.mjs';
import { bundleProgram } from '../bundle.mjs';
import { contend } from './contend.mjs';
import { killAgainAndAgain } from './kill.mjs';
import { kindOfWork } from './our-process.mjs';
import { fillWith, Scene } from './scene.mjs';
import { Tally } from './tally.mjs';

/** A repository is used for so long, in seconds: logs that grow for ever would have all time go into merging them. */
const ROUND = 15;

/** With kills, so much of a round, in seconds, goes to processes of ours that are killed while they are alone: that is the quicker way to many kills. */
const ALONE = 6;

/**
 * `soak stack [--seconds N] [--ours N] [--git N] [--kill]`.
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { seconds: { type: 'string', default: '600' }, ours: { type: 'string', default: '8' }, git: { type: 'string', default: '8' }, kill: { type: 'boolean', default: false } },
  });
  const [seconds = 0, ours = 0, git = 0] = [values.seconds, values.ours, values.git].map(Number);
  if (![seconds, ours, git, ours + git - 1].every((number) => Number.isSafeInteger(number) && number >= 0)) throw new Error('--seconds, --ours and --git take whole numbers');
  const folder = mkdtempSync(join(tmpdir(), 'reftable-soak-stack-'));
  const program = await bundleProgram(join(import.meta.dirname, 'worker.mjs'), folder);
  const peer = new Git(process.env['REFTABLE_GIT'] ?? 'git', join(folder, 'home'));
  if (!peer.isAtLeast(45)) throw new Error(`${peer.program} is Git ${peer.version}, which does not know the format: REFTABLE_GIT names one that does (2.45 or newer)`);
  const all = new Tally();
  const begin = Date.now();
  const end = begin + seconds * 1000;
  for (let round = 1; Date.now() < end && all.problems.length === 0; round++) {
    /** @type {import('@reftable/block').Hash} */
    const hash = round % 2 === 1 ? 'sha1' : 'sha256';
    const place = join(folder, String(round));
    mkdirSync(place);
    const what = { git: peer, program, folder: place, hash, random: new Random(`${begin} ${round}`) };
    const tally = await together({ ...what, ours, theirs: git, isDeadly: values.kill, seconds: Math.min(values.kill ? ROUND - ALONE : ROUND, (end - Date.now()) / 1000) });
    if (values.kill) tally.add(await alone(what));
    all.add(tally);
    process.stdout.write(`round ${round}, ${hash}: ${tally.text}\n`);
    for (const problem of tally.problems.slice(0, 20)) process.stdout.write(`  ${problem}\n`);
    if (tally.problems.length > 0) process.stdout.write(`what it came to is in ${place}\n`);
    else rmSync(place, { recursive: true });
  }
  process.stdout.write(`${Math.round((Date.now() - begin) / 1000)} s, ${ours} + ${git} processes: ${all.text}\n`);
  if (all.problems.length > 0) return 1;
  rmSync(folder, { recursive: true });
  return 0;
}

/**
 * @typedef {object} Round
 * @property {Git} git
 * @property {string} program
 * @property {string} folder for its repositories
 * @property {import('@reftable/block').Hash} hash
 * @property {Random} random
 */

/** @param {Round & { ours: number, theirs: number, seconds: number, isDeadly: boolean }} what */
function together({ git, folder, hash, ours, theirs, ...how }) {
  const scene = new Scene(git, join(folder, 'together'), hash, ours + theirs);
  fillWith(scene, how.random.between(0, 20_000));
  return contend({ scene, ours, git: theirs, ...how });
}

/** Two processes, each alone on a stack of its own: one mostly writes, one mostly merges. @param {Round} what */
async function alone({ git, program, folder, hash, random }) {
  const end = Date.now() + ALONE * 1000;
  const tally = new Tally();
  const runs = [1000, 1].map((compactEvery) => {
    const scene = new Scene(git, join(folder, `alone-${compactEvery}`), hash, 1);
    fillWith(scene, random.between(0, 20_000));
    const work = { ...kindOfWork(scene, random.below(12)), ids: scene.idsOf(0), compactEvery };
    return killAgainAndAgain({ scene, program, work, isEnough: () => Date.now() > end, random });
  });
  for (const run of await Promise.all(runs)) tally.add(run);
  return tally;
}
