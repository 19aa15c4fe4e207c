// @ts-check
// The small tables that lie over the bench's table in a stack: what people have done to its refs since.
import { createHash } from 'node:crypto';
import { Random } from '../../fixtures/lib/random.mjs';
import { UPDATE_INDEX } from './records.mjs';

/** @typedef {import('@reftable/block').Ref} Ref */

/** How many there are. */
const LAYERS = 10;

/**
 * Refs that are new, that have changed and that are deleted, as many of each, by name.
 * @param {readonly Ref[]} refs of the table below
 * @param {number} size records of each small table
 * @returns {Ref[][]} a list for each, oldest first, of the update index that follows the one before
 */
export function makeLayers(refs, size) {
  const random = new Random('layers');
  return Array.from({ length: LAYERS }, (_, layer) => {
    const updateIndex = UPDATE_INDEX + 1 + layer;
    /** @type {Map<string, Ref>} */
    const records = new Map();
    while (records.size < size) {
      const number = records.size;
      const { name } = number % 3 === 0 ? { name: `refs/heads/topic/${random.word()}-${layer}-${number}` } : random.pick(refs);
      if (records.has(name)) continue;
      const oid = createHash('sha1').update(`object ${layer} ${number}`).digest('hex');
      records.set(name, number % 3 === 2 ? { kind: 'deletion', name, updateIndex } : { kind: 'direct', name, updateIndex, oid });
    }
    return [...records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}
