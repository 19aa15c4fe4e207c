// @ts-check
import { join } from 'node:path';
import { Contender } from './contender.mjs';
import { writeFixture } from './fixture.mjs';
import { measure } from './measure.mjs';
import { findPeers } from './peer.mjs';
import { loadWorks } from './work.mjs';

/** @typedef {import('./report.mjs').Row} Row */
/** @typedef {import('./work.mjs').Work} Work */
/** @typedef {import('./peer.mjs').Start} Start */
/** @typedef {import('./measure.mjs').Part} Part */

/**
 * Does the works, one after another, each in fresh processes, so that none is faster or slower for what came before it.
 * @param {string} folder an empty one
 * @param {import('./records.mjs').Scale} scale
 * @param {number} rounds
 * @param {readonly string[]} [only] names of works; default: all
 * @returns {Promise<Row[]>}
 */
export async function runBench(folder, scale, rounds, only) {
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds: a whole number above 0 is wanted');
  const all = await loadWorks();
  const works = all.filter(({ name }) => only?.includes(name) ?? true);
  const unknown = only?.find((name) => !all.some((work) => work.name === name));
  if (unknown !== undefined) throw new Error(`no work ${unknown}; there are ${all.map(({ name }) => name).join(', ')}`);
  const peers = await findPeers(new Set(works.flatMap(({ against }) => against.map(({ peer }) => peer))));

  const { size, refs, objects } = writeFixture(folder, scale);
  process.stderr.write(`a table of ${refs.records} refs, ${objects.records} object ids, ${size} bytes; medians of ${rounds} rounds\n`);
  /** @type {Row[]} */
  const rows = [];
  for (const work of works) {
    process.stderr.write(`${work.name}…\n`);
    rows.push(...(await runWork(work, folder, peers, scale, rounds)));
  }
  return rows;
}

/**
 * @param {Work} work
 * @param {string} folder
 * @param {ReadonlyMap<string, Start>} peers
 * @param {import('./records.mjs').Scale} scale
 * @param {number} rounds
 * @returns {Promise<Row[]>}
 */
async function runWork(work, folder, peers, scale, rounds) {
  // What our own Node was told, `--cpu-prof` say, is meant for what is measured.
  const ours = { contender: new Contender('ours', process.execPath, [...process.execArgv, join(import.meta.dirname, '../ours.mjs'), folder]), work: work.name };
  /** @type {Map<string, Contender>} */
  const started = new Map();
  const theirs = work.against.flatMap((comparison) => {
    const start = peers.get(comparison.peer);
    if (start === undefined) return [];
    const contender = started.get(comparison.peer) ?? start(folder);
    started.set(comparison.peer, contender);
    return [{ comparison, part: { contender, work: comparison.work } }];
  });
  try {
    const alike = theirs.filter(({ comparison }) => comparison.lesser !== true);
    await compareAnswers(ours, alike.map(({ part }) => part));
    const [own, ...measures] = await measure([ours, ...theirs.map(({ part }) => part)], rounds);
    if (own === undefined) throw new Error('nothing was measured');
    const row = { work, operations: scale[work.per], ours: own };
    if (theirs.length === 0) return [row];
    return theirs.flatMap(({ comparison }, at) => {
      const measured = measures[at];
      if (measured === undefined) return [];
      if (comparison.lesser !== true && measured.count !== own.count) {
        throw new Error(`${work.name}: we counted ${own.count}, ${comparison.peer} counted ${measured.count}`);
      }
      return [{ ...row, peer: { comparison, measure: measured } }];
    });
  } finally {
    await Promise.all([ours.contender, ...started.values()].map((contender) => contender.close()));
  }
}

/**
 * @param {Part} ours
 * @param {readonly Part[]} theirs
 * @throws Error where somebody found something else
 */
async function compareAnswers(ours, theirs) {
  const answer = await ours.contender.check(ours.work);
  for (const { contender, work } of theirs) {
    if ((await contender.check(work)) !== answer) throw new Error(`${ours.work}: ${contender.name} gives other answers than we do`);
  }
}
