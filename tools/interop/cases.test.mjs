// @ts-check
// The cases are what they are called.
import { describe, expect, it } from 'vitest';
import { makeCases } from './cases.mjs';
import { write } from './tables.mjs';

/** @typedef {import('@reftable/block').Hash} Hash */

describe.each(/** @type {Hash[]} */ (['sha1', 'sha256']))('%s', (hash) => {
  const shaped = makeCases(hash).flatMap(({ name, tables: [content], shape }) => (content === undefined || shape === undefined ? [] : [{ name, content, shape }]));

  it.each(shaped)('$name', ({ content, shape }) => {
    const { statistics } = write(hash, content);
    for (const section of /** @type {const} */ (['refs', 'objects', 'logs'])) {
      const wanted = shape[section];
      if (wanted === undefined) continue;
      const { blocks, indexLevels } = statistics[section];
      expect(blocks).toBeGreaterThanOrEqual(wanted.blocks[0]);
      expect(blocks).toBeLessThanOrEqual(wanted.blocks[1]);
      expect(indexLevels).toBe(wanted.levels);
    }
  });
});
