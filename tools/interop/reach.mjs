// @ts-check
// JGit takes the topmost level of an index for one block, as its own always is. Git makes it up to three blocks, and so do we: what
// the others lead to, JGit does not look up. (It reads all of it in a scan.)
import { BlockCursor, INDEX_BLOCK } from '@reftable/block';
import { BytesSource } from '@reftable/io';
import { openTableSync } from '@reftable/table';

/**
 * The last key that the first block of the topmost level leads to, a character for each byte.
 * @param {Uint8Array} bytes a table of SHA-1
 * @param {import('@reftable/table').SectionStatistics} section what its writer said of the section
 * @returns {string | undefined} undefined where that block leads to all keys, or there is no index
 */
export function reach(bytes, { indexPosition, indexLevels }) {
  if (indexLevels === 0) return undefined;
  const blocks = [...openTableSync(new BytesSource(bytes)).blocks()];
  const first = blocks.findIndex(({ position }) => position === indexPosition);
  const [top, next] = blocks.slice(first);
  if (top === undefined || next?.type !== INDEX_BLOCK) return undefined;
  const cursor = new BlockCursor(20);
  cursor.enter(top);
  while (cursor.next());
  return Buffer.from(cursor.key.slice(0, cursor.keyLength)).toString('latin1');
}
