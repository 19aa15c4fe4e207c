// @ts-check
// What all who take part in the bench read: a folder of files.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TableWriter } from '@reftable/table';
import { BytesSink } from '@reftable/io';
import { Random } from '../../fixtures/lib/random.mjs';
import { makeLayers } from './layers.mjs';
import { makeRefs, UPDATE_INDEX } from './records.mjs';
import { stackPaths } from './stack-folder.mjs';

/** Bytes of a block: Git's default. */
export const BLOCK_SIZE = 4096;

/**
 * @typedef {object} Fixture
 * @property {import('./records.mjs').Scale} scale
 * @property {string} path of the table
 * @property {Uint8Array} bytes of the table
 * @property {string[]} stack paths of tables, oldest first: that table, and small ones over it
 * @property {string[]} names of refs, to look up: all are there, in no order
 * @property {string[]} ids object ids, to look up: all are there, in no order
 */

/**
 * Writes the files.
 * @param {string} dir
 * @param {import('./records.mjs').Scale} scale
 * @returns {import('@reftable/table').TableStatistics}
 */
export function writeFixture(dir, scale) {
  const refs = makeRefs(scale);
  const statistics = writeTableFile(join(dir, 'table.ref'), refs, UPDATE_INDEX);
  const layers = makeLayers(refs, scale.layers).map((layer, at) => {
    const name = `layer-${at + 1}.ref`;
    writeTableFile(join(dir, name), layer, UPDATE_INDEX + 1 + at);
    return name;
  });
  const random = new Random('lookups');
  const names = Array.from({ length: scale.seeks }, () => random.pick(refs).name);
  // JGit finds a ref by the id that it holds, but not by the one that it peels to.
  const peeled = new Set(refs.flatMap((ref) => (ref.kind === 'peeled' ? [ref.peeled] : [])));
  const held = refs.flatMap((ref) => ('oid' in ref && !peeled.has(ref.oid) ? [ref.oid] : []));
  const ids = Array.from({ length: scale.lookups }, () => random.pick(held));
  writeFileSync(join(dir, 'scale.json'), JSON.stringify(scale));
  writeFileSync(join(dir, 'stack.txt'), ['table.ref', ...layers].join('\n'));
  writeFileSync(join(dir, 'names.txt'), names.join('\n'));
  writeFileSync(join(dir, 'ids.txt'), ids.join('\n'));
  return statistics;
}

/**
 * @param {string} path
 * @param {readonly import('@reftable/block').Ref[]} refs
 * @param {number} updateIndex of them all
 */
function writeTableFile(path, refs, updateIndex) {
  const sink = new BytesSink();
  const writer = new TableWriter(sink, { blockSize: BLOCK_SIZE, minUpdateIndex: updateIndex, maxUpdateIndex: updateIndex });
  for (const ref of refs) writer.addRef(ref);
  const statistics = writer.finish();
  writeFileSync(path, sink.bytes());
  return statistics;
}

/**
 * Reads them back.
 * @param {string} dir
 * @returns {Fixture}
 */
export function readFixture(dir) {
  const path = join(dir, 'table.ref');
  // Each a string of its own, as who looks for a ref has it: to V8, what `split` returns are places in the whole text.
  const lines = (/** @type {string} */ name) =>
    readFileSync(join(dir, name), 'utf8')
      .split('\n')
      .map((line) => Buffer.from(line).toString());
  const scale = /** @type {import('./records.mjs').Scale} */ (JSON.parse(readFileSync(join(dir, 'scale.json'), 'utf8')));
  return { scale, path, bytes: readFileSync(path), stack: stackPaths(dir), names: lines('names.txt'), ids: lines('ids.txt') };
}
