// @ts-check
// All refs that hold an object id or peel to it, for one id after another, in no order.
import { objectIdBytes } from '@reftable/block';
import { inMemory } from '../lib/sources.mjs';

/** @type {import('../lib/work.mjs').Work[]} */
export default [
  {
    name: 'by-object',
    per: 'lookups',
    against: [{ peer: 'JGit', work: 'by-object', goal: 0.7 }],
    prepare(fixture) {
      const table = inMemory(fixture);
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
  },
];
