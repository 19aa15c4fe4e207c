// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { checkOutcome, compareWithGit } from './check.mjs';
import { breakLocks, cleanUp, strays } from './folder.mjs';
import { GitProcess } from './git-process.mjs';
import { Ledger } from './ledger.mjs';
import { kindOfWork, OurProcess } from './our-process.mjs';
import { checkPair } from './reading.mjs';
import { Tally } from './tally.mjs';
import { watch } from './watchdog.mjs';

/** @typedef {import('../../fixtures/lib/random.mjs').Random} Random */
/** @typedef {import('./scene.mjs').Scene} Scene */

/**
 * Lets processes of ours and of Git's write to one stack at once, while others read, and sees whether anything was lost.
 * @param {object} what
 * @param {Scene} what.scene for `ours + git` writers
 * @param {string} what.program the bundled `worker.mjs`
 * @param {number} what.ours how many processes of ours write
 * @param {number} what.git how many of Git's
 * @param {number} what.seconds
 * @param {boolean} what.isDeadly whether processes are killed at random
 * @param {Random} what.random
 * @returns {Promise<Tally>}
 */
export async function contend({ scene, program, ours, git, seconds, isDeadly, random }) {
  const tally = new Tally();
  const ledger = new Ledger();
  const writers = [
    ...Array.from({ length: ours }, (_, number) => new OurProcess(program, kindOfWork(scene, number), ledger, tally)),
    ...Array.from({ length: git }, (_, number) => new GitProcess(scene, `git${number}`, ours + number, ledger, tally, random)),
  ];
  const readers = ['sync', 'async'].map((face) => new OurProcess(program, { ...kindOfWork(scene, face === 'sync' ? 0 : 1), role: 'read', writer: `${face}-reader` }, ledger, tally));
  await Promise.all([...writers, ...readers].map((one) => one.start()));

  const end = Date.now() + seconds * 1000;
  const gitReader = readWithGit(scene, tally, () => Date.now() >= end || tally.problems.length > 0);
  while (Date.now() < end && tally.problems.length === 0) {
    await sleep(random.below(400));
    if (isDeadly) await killSome(random.shuffled(writers), scene, tally, random);
  }
  await Promise.all([...writers, ...readers, { stop: () => gitReader }].map((one) => one.stop()));

  if (isDeadly) tally.staleLocks += breakLocks(scene.stack).length;
  const outcome = checkOutcome(scene, ledger, writers.map(({ name }) => name));
  tally.problems.push(...outcome.problems, ...compareWithGit(scene));
  const left = strays(scene.stack);
  tally.leftovers += left.length;
  tally.problems.push(...(isDeadly ? cleanUp(scene.stack) : left.map((name) => `${name} is left, though nobody was killed`)));
  tally.lost = outcome.lost;
  const ourNames = new Set(writers.filter(({ isOurs }) => isOurs).map(({ name }) => name));
  tally.ours = ledger.count('acknowledged', (name) => ourNames.has(name));
  tally.git = ledger.count('acknowledged') - tally.ours;
  tally.inDoubt = ledger.count('open');
  return tally;
}

/**
 * Kills one to three processes. Then somebody waits for the others to come to a rest, and breaks the locks that are there: those are stale.
 * @param {readonly (OurProcess | GitProcess)[]} writers in any order
 * @param {Scene} scene
 * @param {Tally} tally
 * @param {Random} random
 */
async function killSome(writers, scene, tally, random) {
  const count = random.between(1, 3);
  const [victims, others] = [writers.slice(0, count), writers.slice(count)];
  await Promise.all(victims.map((victim) => victim.kill()));
  tally.kills += victims.length;
  // First they meet what was left behind.
  await sleep(random.below(250));
  await Promise.all(others.map((writer) => writer.pause()));
  tally.staleLocks += breakLocks(scene.stack).length;
  for (const writer of others) writer.go();
  await Promise.all(victims.map((victim) => victim.start()));
}

/** Git lists refs again and again; it must never fail, nor see half a transaction. @param {Scene} scene @param {Tally} tally @param {() => boolean} isOver */
async function readWithGit({ git, dir }, tally, isOver) {
  while (!isOver()) {
    const child = git.start(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/pair'], { cwd: dir });
    watch(child, 'git for-each-ref', tally);
    let [text, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ more) => (text += more));
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ more) => (complaints += more));
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (code !== 0 || complaints !== '') tally.problems.push(`git for-each-ref ended with ${String(code)}: ${complaints}`);
    /** @type {Map<string, string>} */
    const pairs = new Map();
    try {
      for (const line of text.split('\n').slice(0, -1)) checkPair(pairs, .../** @type {[string, string]} */ (line.split(' ')));
    } catch (error) {
      tally.problems.push(`Git: ${/** @type {Error} */ (error).message}`);
    }
    tally.reads++;
    await sleep(20);
  }
}
