// @ts-check
// A whole table, object section included, from refs in memory to bytes in memory. Ids are bytes, as JGit's are numbers,
// or hex, as they are in the refs that a table gives.
import { objectIdBytes } from '@reftable/block';
import { BytesSource, BytesSink } from '@reftable/io';
import { openTableSync, TableWriter } from '@reftable/table';
import { BLOCK_SIZE } from '../lib/fixture.mjs';
import { inMemory } from '../lib/sources.mjs';

/** @typedef {import('@reftable/block').RefInput} RefInput */
/** @typedef {import('../lib/work.mjs').Work} Work */

/** @param {string} name @param {(ref: RefInput) => RefInput} form @returns {Work} */
const write = (name, form) => ({
  name,
  per: 'refs',
  against: [{ peer: 'JGit', work: 'write', goal: 0.5 }],
  prepare(fixture) {
    const table = inMemory(fixture);
    const { minUpdateIndex, maxUpdateIndex } = table.info;
    const refs = Array.from(table.refs(), form);
    const bytes = () => {
      const sink = new BytesSink();
      const writer = new TableWriter(sink, { blockSize: BLOCK_SIZE, minUpdateIndex, maxUpdateIndex });
      for (const ref of refs) writer.addRef(ref);
      writer.finish();
      return sink.bytes();
    };
    return {
      run: () => (bytes().length > 0 ? refs.length : 0),
      check(digest) {
        for (const ref of openTableSync(new BytesSource(bytes())).refs()) digest.ref(ref);
      },
    };
  },
});

/** @param {RefInput} ref @returns {RefInput} */
function withIdsAsBytes(ref) {
  if (ref.kind === 'direct') return { ...ref, oid: objectIdBytes(ref.oid, 20) };
  if (ref.kind === 'peeled') return { ...ref, oid: objectIdBytes(ref.oid, 20), peeled: objectIdBytes(ref.peeled, 20) };
  return ref;
}

export default [write('write', withIdsAsBytes), write('write-hex', (ref) => ref)];
