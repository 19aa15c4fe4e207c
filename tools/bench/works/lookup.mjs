// @ts-check
// A ref by its name, in a stack of twelve tables, of which the oldest has nearly all refs: as most stacks are.
import { objectIdBytes } from '@reftable/block';
import { BytesSource } from '@reftable/io';
import { MergedTableSync } from '@reftable/merged';
import { openTableSync, writeTable } from '@reftable/table';
import { inMemory } from '../lib/sources.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */

/** How many refs each of the newer tables has, the newest last: each twice as many as the next. */
const SIZES = [1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1];

/**
 * @param {string} name
 * @param {Work['against']} against
 * @param {readonly number[]} sizes of newer tables
 * @returns {Work}
 */
const lookup = (name, against, sizes) => ({
  name,
  per: 'seeks',
  against,
  prepare(fixture) {
    const id = objectIdBytes('1'.repeat(40), 20);
    const newer = sizes.map((size, table) => {
      const updateIndex = table + 2;
      // Their names lie between the others.
      const refs = Array.from({ length: size }, (_, ref) => ({ name: `${fixture.names[ref * 7]}-${table}`, updateIndex, kind: /** @type {const} */ ('direct'), oid: id }));
      return openTableSync(new BytesSource(writeTable({ refs: unique(refs) }, { minUpdateIndex: updateIndex, maxUpdateIndex: updateIndex })));
    });
    const merged = new MergedTableSync([inMemory(fixture), ...newer]);
    const { names } = fixture;
    return {
      run() {
        let found = 0;
        for (const ref of names) if (merged.getRef(ref) !== undefined) found++;
        return found;
      },
      check(digest) {
        for (const ref of names) digest.ref(merged.getRef(ref));
      },
    };
  },
});

/** @template {{ readonly name: string }} R @param {readonly R[]} refs */
function unique(refs) {
  return new Map(refs.map((ref) => [ref.name, ref])).values();
}

export default [lookup('lookup-1', [], []), lookup('lookup-12', [{ peer: 'ours', work: 'lookup-1', goal: 2 }], SIZES)];
