// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { isReftableError } from '@reftable/varint';
import { checkOutcome, compareWithGit } from './check.mjs';
import { breakLocks, cleanUp, isReplaced, strays } from './folder.mjs';
import { Ledger } from './ledger.mjs';
import { kindOfWork, OurProcess } from './our-process.mjs';
import { Tally } from './tally.mjs';

/** @typedef {import('../../fixtures/lib/random.mjs').Random} Random */
/** @typedef {import('./scene.mjs').Scene} Scene */
/** @typedef {import('./worker.mjs').Work} Work */

/**
 * Kills a process of ours, alone on a stack, at some moment, looks at what it left behind, and starts it again.
 * @param {object} what
 * @param {Scene} what.scene for one writer
 * @param {string} what.program the bundled `worker.mjs`
 * @param {Partial<Work>} what.work
 * @param {(tally: Tally) => boolean} what.isEnough
 * @param {Random} what.random
 * @returns {Promise<Tally>}
 */
export async function killAgainAndAgain({ scene, program, work, isEnough, random }) {
  const tally = new Tally();
  const ledger = new Ledger();
  const victim = new OurProcess(program, { ...kindOfWork(scene, 0), ...work }, ledger, tally);
  while (!isEnough(tally) && tally.problems.length === 0) {
    await victim.start();
    if (random.below(3) === 0) await victim.progress();
    await sleep(random.below(60));
    await victim.kill();
    tally.kills++;
    tally.problems.push(...checkLocks(scene.stack));
    tally.staleLocks += breakLocks(scene.stack).length;
    tally.leftovers += strays(scene.stack).length;
    const { problems, lost } = checkOutcome(scene, ledger, [victim.name]);
    tally.problems.push(...problems);
    tally.lost += lost;
    // Not every time: a process has to come to terms with what others left behind, too.
    if (random.below(4) === 0) tally.problems.push(...cleanUp(scene.stack));
  }
  tally.problems.push(...cleanUp(scene.stack), ...compareWithGit(scene));
  tally.ours = ledger.count('acknowledged');
  tally.inDoubt = ledger.count('open');
  return tally;
}

/**
 * Tells a process of ours to end, at some moment, and looks whether it left anything behind.
 * @param {object} what
 * @param {Scene} what.scene for one writer
 * @param {string} what.program the bundled `worker.mjs`
 * @param {Partial<Work>} what.work
 * @param {number} what.times
 * @param {Random} what.random
 * @returns {Promise<Tally>}
 */
export async function endAgainAndAgain({ scene, program, work, times, random }) {
  const tally = new Tally();
  const ledger = new Ledger();
  const victim = new OurProcess(program, { ...kindOfWork(scene, 0), ...work, signals: 'release' }, ledger, tally);
  for (let time = 0; time < times && tally.problems.length === 0; time++) {
    await victim.start();
    if (random.below(3) === 0) await victim.progress();
    await sleep(random.below(40));
    const [signal, number] = random.pick(/** @type {const} */ ([['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]));
    const code = await victim.kill(signal);
    tally.kills++;
    if (code !== 128 + number) tally.problems.push(`after ${signal} the exit code is ${String(code)}`);
    const left = strays(scene.stack).filter((name) => !isReplaced(scene.stack, name));
    tally.problems.push(...left.map((name) => `${name} is left behind after ${signal}`));
    const { problems, lost } = checkOutcome(scene, ledger, [victim.name]);
    tally.problems.push(...problems);
    tally.lost += lost;
  }
  tally.problems.push(...compareWithGit(scene));
  tally.ours = ledger.count('acknowledged');
  tally.inDoubt = ledger.count('open');
  return tally;
}

/** Whether who meets a lock that was left behind is told which. @param {string} path of the stack @returns {string[]} what is not so */
function checkLocks(path) {
  const locks = readdirSync(path).filter((name) => name.endsWith('.lock'));
  if (locks.length === 0) return [];
  const stack = openStackSync(new FolderStorage(path), { lockTimeout: 0 });
  const files = stack.tables.map(({ name }) => `${name}.lock`);
  try {
    if (locks.includes('tables.list.lock')) stack.prepare().abort();
    else if (files.length > 1 && locks.some((lock) => files.includes(lock))) stack.compact();
    else return [];
    return [`${locks.join(' ')} did not keep anybody out`];
  } catch (error) {
    if (isReftableError(error, 'LOCK_HELD') && locks.some((lock) => error.file === join(path, lock))) return [];
    return [`${locks.join(' ')}: ${String(error)}`];
  } finally {
    stack.close();
  }
}
