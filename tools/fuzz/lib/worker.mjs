// @ts-check
// Runs cases one after another, and says before each what it is about to do: what comes after may never end.
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { loadSubject } from './bundle.mjs';
import { Corpus } from './corpus.mjs';

/**
 * @typedef {object} Task
 * @property {string} subject path of the bundle
 * @property {import('./case-file.mjs').Case} [replay] the one case to run
 * @property {number} seed
 * @property {number} seconds
 */

/**
 * What a worker says: the case that it begins, what is wrong with its outcome, and at the end what it did.
 * @typedef {{ kind: 'case', number: number } & import('./case-file.mjs').Case} Begun
 * @typedef {{ kind: 'failure', message: string }} Failed
 * @typedef {{ kind: 'end', cases: number, outcomes: Map<string, number> }} Ended
 * @typedef {Begun | Failed | Ended} Said
 */

process.setSourceMapsEnabled(true);
const { subject: path, replay, seed, seconds } = /** @type {Task} */ (workerData);
const subject = await loadSubject(path);
/** @type {Map<string, number>} */
const outcomes = new Map();
let cases = 0;

/** @param {Said} said */
function say(said) {
  parentPort?.postMessage(said);
}

/** @param {import('./case-file.mjs').Case} input */
async function run({ bytes, questions }) {
  say({ kind: 'case', number: cases++, bytes, questions });
  try {
    const answers = await subject.examine(bytes, questions, subject.inflater);
    for (const outcome of new Set(answers.match(/^! \w+/gm) ?? ['sound'])) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  } catch (error) {
    say({ kind: 'failure', message: inspect(error) });
  }
}

if (replay !== undefined) {
  await run(replay);
} else {
  const corpus = new Corpus(subject);
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    // A generator for each case: what it draws hangs on nothing but the seed and the number.
    const random = new subject.Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(cases, 0x85ebca77));
    const { parts, questions } = corpus.pick(random);
    await run({ bytes: subject.mutate(parts, corpus.pick(random).parts, random), questions });
  }
}
say({ kind: 'end', cases, outcomes });
