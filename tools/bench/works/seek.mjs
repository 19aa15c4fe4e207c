// @ts-check
// A ref by its name, for one name after another, in no order: by a cursor that moves there, or as a plain object.
import { inMemory, onFile } from '../lib/sources.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {string} name @param {import('../lib/sources.mjs').Open} open @returns {Work} */
const seek = (name, open) => ({
  name,
  per: 'seeks',
  against: [{ peer: 'JGit', work: name, goal: 0.7 }],
  prepare(fixture) {
    const { names } = fixture;
    const cursor = open(fixture).refCursor();
    return {
      run() {
        let found = 0;
        for (const name of names) {
          cursor.seek(name);
          if (cursor.next() || cursor.load()) found++;
        }
        return found;
      },
      check(digest) {
        for (const name of names) {
          cursor.seek(name);
          digest.ref(cursor.next() || cursor.load() ? cursor.record.ref() : undefined);
        }
      },
    };
  },
});

/** @type {Work} */
const get = {
  name: 'get',
  per: 'seeks',
  against: [{ peer: 'JGit', work: 'get' }],
  prepare(fixture) {
    const { names } = fixture;
    const table = inMemory(fixture);
    return {
      run() {
        let found = 0;
        for (const name of names) if (table.getRef(name) !== undefined) found++;
        return found;
      },
      check(digest) {
        for (const name of names) digest.ref(table.getRef(name));
      },
    };
  },
};

export default [seek('seek', inMemory), seek('seek-file', onFile), get];
