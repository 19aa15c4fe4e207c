// @ts-check
// The same table in the container proposed for version 2 of reftable, beside what a peer does with Git's format: to be seen beside our own
// times for that. (`../formats.mjs` compares both formats under many options.)
import { objectIdBytes } from '@reftable/block';
import { BytesSink, BytesSource } from '@reftable/io';
import { convertToV2Sync, GitTableWriter, openGitTableSync } from '@reftable/sst-v2/git';
import { inMemory } from '../lib/sources.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {import('../lib/fixture.mjs').Fixture} fixture */
function converted(fixture) {
  const sink = new BytesSink();
  convertToV2Sync(inMemory(fixture), sink);
  return openGitTableSync(new BytesSource(sink.bytes()));
}

/** @type {Work[]} */
export default [
  {
    name: 'scan-v2',
    per: 'refs',
    against: [{ peer: 'JGit', work: 'scan' }],
    prepare(fixture) {
      const table = converted(fixture);
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
  },
  {
    name: 'by-object-v2',
    per: 'lookups',
    against: [{ peer: 'JGit', work: 'by-object' }],
    prepare(fixture) {
      const table = converted(fixture);
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
  {
    name: 'write-v2',
    per: 'refs',
    against: [{ peer: 'JGit', work: 'write' }],
    prepare(fixture) {
      const refs = [...inMemory(fixture).refs()];
      const bytes = () => {
        const sink = new BytesSink();
        const writer = new GitTableWriter(sink);
        for (const ref of refs) writer.addRef(ref);
        writer.finish();
        return sink.bytes();
      };
      return {
        run: () => (bytes().length > 0 ? refs.length : 0),
        check(digest) {
          for (const ref of openGitTableSync(new BytesSource(bytes())).refs()) digest.ref(ref);
        },
      };
    },
  },
];
