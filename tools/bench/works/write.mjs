// @ts-check
// A whole table, object section included, from refs in memory to bytes in memory. Ids are bytes, as JGit's are numbers,
// or hex, as they are in the refs that a table gives.
import { objectIdBytes } from '@reftable/block';
import { BytesSource, BytesSink } from '@reftable/io';
import { GitTableWriter, openGitTableSync } from '@reftable/sst-v2/git';
import { openTableSync, TableWriter } from '@reftable/table';
import { BLOCK_SIZE } from '../lib/fixture.mjs';
import { inMemory } from '../lib/sources.mjs';

/** @typedef {import('@reftable/block').RefInput} RefInput */
/** @typedef {import('@reftable/table').TableInfo} TableInfo */
/** @typedef {import('../lib/work.mjs').Work} Work */

/**
 * How tables are written and read again.
 * @typedef {object} Format
 * @property {(sink: BytesSink, info: TableInfo) => { addRef(ref: RefInput): void, finish(): unknown }} create
 * @property {(source: BytesSource) => import('@reftable/table').ReaderSync} open
 */

/** @type {Format} */
const reftable = {
  create: (sink, { minUpdateIndex, maxUpdateIndex }) => new TableWriter(sink, { blockSize: BLOCK_SIZE, minUpdateIndex, maxUpdateIndex }),
  open: openTableSync,
};

/** @type {Format} */
const container = { create: (sink) => new GitTableWriter(sink), open: openGitTableSync };

/** @param {string} name @param {Format} format @param {(ref: RefInput) => RefInput} form @param {number} [goal] @returns {Work} */
const write = (name, format, form, goal) => ({
  name,
  per: 'refs',
  against: [{ peer: 'JGit', work: 'write', ...(goal !== undefined && { goal }) }],
  prepare(fixture) {
    const table = inMemory(fixture);
    const { info } = table;
    const refs = Array.from(table.refs(), form);
    const bytes = () => {
      const sink = new BytesSink();
      const writer = format.create(sink, info);
      for (const ref of refs) writer.addRef(ref);
      writer.finish();
      return sink.bytes();
    };
    return {
      run: () => (bytes().length > 0 ? refs.length : 0),
      check(digest) {
        for (const ref of format.open(new BytesSource(bytes())).refs()) digest.ref(ref);
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

/** @param {RefInput} ref */
const asItIs = (ref) => ref;

export default [
  write('write', reftable, withIdsAsBytes, 0.5),
  write('write-hex', reftable, asItIs, 0.5),
  // Beside what the peer does with Git's format: to be seen beside our own times for that.
  write('write-v2', container, asItIs),
];
