// @ts-check
// All refs that hold an object id or peel to it, for one id after another, in no order.
import { objectIdBytes } from '@reftable/block';
import { inContainer, inMemory } from '../lib/sources.mjs';

/** @typedef {import('@reftable/table').ReaderSync} ReaderSync */
/** @typedef {import('../lib/fixture.mjs').Fixture} Fixture */
/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {string} name @param {(fixture: Fixture) => ReaderSync} open @param {Work['against']} against @returns {Work} */
const byObject = (name, open, against) => ({
  name,
  per: 'lookups',
  against,
  prepare(fixture) {
    const table = open(fixture);
    const ids = fixture.ids.map((id) => objectIdBytes(id, 20));
    return {
      run() {
        let found = 0;
        for (const id of ids) found += table.refsByObject(id).length;
        return found;
      },
      check(digest) {
        for (const id of ids) for (const ref of table.refsByObject(id)) digest.ref(ref);
      },
    };
  },
});

export default [
  byObject('by-object', inMemory, [{ peer: 'JGit', work: 'by-object', goal: 0.7 }]),
  // Beside what the peer does with Git's format: to be seen beside our own times for that.
  byObject('by-object-v2', inContainer, [{ peer: 'JGit', work: 'by-object' }]),
];
