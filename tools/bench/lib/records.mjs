// @ts-check
// The records of the bench's table: what a large server for code review has. Everything follows from the numbers below.
import { createHash } from 'node:crypto';
import { Random } from '../../fixtures/lib/random.mjs';

/** @typedef {import('@reftable/block').Ref} Ref */

/**
 * How much of everything.
 * @typedef {object} Scale
 * @property {number} refs
 * @property {number} branches how many of the refs are branches
 * @property {number} tags how many are tags, all annotated
 * @property {number} ids distinct object ids in all refs together
 * @property {number} seeks names that are looked up
 * @property {number} lookups object ids that are looked up
 * @property {number} layers records in each of the small tables that lie over the large one
 * @property {number} transactions of one ref each, one after another
 * @property {number} bulk refs in one transaction
 * @property {number} appends batches that are appended to a log
 * @property {number} processes started, one after another
 * @property {number} compactions of the whole stack
 */

/** @type {Scale} */
export const FULL = { refs: 866_456, branches: 2_000, tags: 1_000, ids: 433_000, seeks: 50_000, lookups: 5_000, layers: 200, transactions: 2_000, bulk: 100_000, appends: 1_000, processes: 1, compactions: 1 };

/**
 * Small, and in the topmost level of each index one block, as in the full table: JGit looks up nothing that others lead to.
 * @type {Scale}
 */
export const QUICK = { refs: 30_000, branches: 100, tags: 50, ids: 15_000, seeks: 10_000, lookups: 2_000, layers: 200, transactions: 500, bulk: 10_000, appends: 1_000, processes: 1, compactions: 1 };

/** The first change for review, and the one update index that all refs have. */
const FIRST_CHANGE = 100_000;
export const UPDATE_INDEX = 1;

/**
 * All refs, by name.
 * @param {Scale} scale
 * @returns {Ref[]}
 */
export function makeRefs(scale) {
  const random = new Random('bench');
  const names = [...branchNames(scale.branches, random), ...tagNames(scale.tags), ...changeNames(scale, random)].sort();
  const ids = new Ids(scale.ids, scale.refs + scale.tags, random);
  return names.map((name) =>
    name.startsWith('refs/tags/')
      ? { kind: 'peeled', name, updateIndex: UPDATE_INDEX, oid: ids.next(), peeled: ids.next() }
      : { kind: 'direct', name, updateIndex: UPDATE_INDEX, oid: ids.next() },
  );
}

/** @param {number} count @param {Random} random */
function branchNames(count, random) {
  return Array.from({ length: count }, (_, number) => `refs/heads/${random.word()}/${random.words(2, '-')}-${number}`);
}

/** @param {number} count */
function tagNames(count) {
  return Array.from({ length: count }, (_, number) => `refs/tags/v${Math.floor(number / 100)}.${Math.floor(number / 10) % 10}.${number % 10}`);
}

/**
 * The patch sets of changes for review, one to four for each: `refs/changes/42/100042/3`.
 * @param {Scale} scale
 * @param {Random} random
 */
function changeNames({ refs, branches, tags }, random) {
  /** @type {string[]} */
  const names = [];
  for (let change = FIRST_CHANGE; ; change++) {
    const patchSets = random.between(1, 4);
    for (let patchSet = 1; patchSet <= patchSets; patchSet++) {
      if (names.length === refs - branches - tags) return names;
      names.push(`refs/changes/${String(change % 100).padStart(2, '0')}/${change}/${patchSet}`);
    }
  }
}

/** Draws ids so that after a given number of draws each one has come up, in no order and some often. */
class Ids {
  /** @type {string[]} */
  #seen = [];
  #fresh;
  #draws;
  #random;

  /** @param {number} distinct @param {number} draws @param {Random} random */
  constructor(distinct, draws, random) {
    this.#fresh = distinct;
    this.#draws = draws;
    this.#random = random;
  }

  /** @returns {string} */
  next() {
    const isFresh = this.#random.below(this.#draws--) < this.#fresh || this.#seen.length === 0;
    if (!isFresh) return this.#random.pick(this.#seen);
    const id = createHash('sha1').update(`object ${this.#fresh--}`).digest('hex');
    this.#seen.push(id);
    return id;
  }
}
