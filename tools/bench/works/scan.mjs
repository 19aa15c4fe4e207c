// @ts-check
// All refs one after another, each touched as little as can be.
import { inContainer, inMemory, onFile } from '../lib/sources.mjs';

/** @typedef {import('@reftable/table').ReaderSync} ReaderSync */
/** @typedef {import('../lib/fixture.mjs').Fixture} Fixture */
/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {string} name @param {(fixture: Fixture) => ReaderSync} open @param {Work['against']} against @returns {Work} */
const scan = (name, open, against) => ({
  name,
  per: 'refs',
  against,
  prepare(fixture) {
    const table = open(fixture);
    return {
      run() {
        let count = 0;
        const cursor = table.refCursor();
        while (cursor.next() || cursor.load()) count++;
        return count;
      },
      check(digest) {
        const cursor = table.refCursor();
        while (cursor.next() || cursor.load()) digest.ref(cursor.record.ref());
      },
    };
  },
});

export default [
  scan('scan', inMemory, [{ peer: 'JGit', work: 'scan', goal: 0.5 }]),
  scan('scan-file', onFile, [{ peer: 'JGit', work: 'scan-file', goal: 0.5 }]),
  // Beside what the peer does with Git's format: to be seen beside our own times for that.
  scan('scan-v2', inContainer, [{ peer: 'JGit', work: 'scan' }]),
];
