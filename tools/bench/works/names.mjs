// @ts-check
// All refs one after another, with each name as a string: by the iterable that is there for that, and by the cursor.
import { inMemory } from '../lib/sources.mjs';

/** @type {import('../lib/work.mjs').Work[]} */
export default [
  {
    name: 'names',
    per: 'refs',
    against: [
      { peer: 'JGit', work: 'scan', lesser: true, goal: 1.4 },
      { peer: 'JGit', work: 'names' },
    ],
    prepare(fixture) {
      const table = inMemory(fixture);
      return {
        run() {
          let count = 0;
          for (const name of table.names()) count += name.length;
          return count;
        },
        check(digest) {
          for (const name of table.names()) digest.line(name);
        },
      };
    },
  },
  {
    name: 'names-cursor',
    per: 'refs',
    against: [{ peer: 'JGit', work: 'names' }],
    prepare(fixture) {
      const table = inMemory(fixture);
      return {
        run() {
          let count = 0;
          const cursor = table.refCursor();
          while (cursor.next() || cursor.load()) count += cursor.record.name.length;
          return count;
        },
        check(digest) {
          const cursor = table.refCursor();
          while (cursor.next() || cursor.load()) digest.line(cursor.record.name);
        },
      };
    },
  },
];
