// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One kind of work. Each module in `works/` gives a list of them.
 * @typedef {object} Work
 * @property {string} name
 * @property {'refs' | 'seeks' | 'lookups' | 'transactions' | 'bulk' | 'appends' | 'processes' | 'compactions'} per how many operations it is, by the scale
 * @property {readonly Comparison[]} against what it is compared with, where that is there
 * @property {(fixture: import('./fixture.mjs').Fixture) => Prepared} prepare gets everything ready that is not to be timed
 */

/**
 * @typedef {object} Comparison
 * @property {string} peer
 * @property {string} work what the peer does meanwhile, by the name that the peer has for it
 * @property {boolean} [lesser] whether that is lesser work, with another answer
 * @property {number} [goal] the most that our time may be of the peer's
 * @property {boolean} [over] whether it counts by how many milliseconds we take longer, instead of the ratio; for the goal too
 */

/**
 * @typedef {object} Prepared
 * @property {() => void} [reset] makes everything as it was before the first run: this is not timed
 * @property {() => number | Promise<number>} run does it, and counts what it met: this is timed
 * @property {(digest: import('./digest.mjs').Digest) => void | Promise<void>} check does it, and takes down all that it met
 * @property {() => void} [close] removes what was made
 */

/**
 * All works there are.
 * @returns {Promise<Work[]>}
 */
export async function loadWorks() {
  const names = readdirSync(join(import.meta.dirname, '../works')).sort();
  const modules = await Promise.all(names.map((name) => /** @type {Promise<{ default: Work[] }>} */ (import(`../works/${name}`))));
  return modules.flatMap((module) => module.default);
}
