// @ts-check
// All refs one after another, each touched as little as can be.
import { inMemory, onFile } from '../lib/sources.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {string} name @param {import('../lib/sources.mjs').Open} open @returns {Work} */
const scan = (name, open) => ({
  name,
  per: 'refs',
  against: [{ peer: 'JGit', work: name, goal: 0.5 }],
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

export default [scan('scan', inMemory), scan('scan-file', onFile)];
