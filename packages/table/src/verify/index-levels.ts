import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, type BlockType } from '@reftable/block';
import type { Core } from '@reftable/io';
import type { BlockStore } from '../block-store.js';
import type { Findings, TablePart } from './finding.js';

const NO_BYTES = new Uint8Array(0);

/**
 * Where the levels of an index begin, the lowest first. The footer knows the topmost; the first record of each leads to the one below.
 * Empty where this can't be followed, which is reported.
 * @param storeUpTo gives the blocks that lie wholly before an offset
 * @param type of the section's own blocks
 * @param top where the topmost level begins
 */
export function* findIndexLevels(
  storeUpTo: (end: number) => BlockStore,
  type: BlockType,
  top: number,
  part: TablePart,
  findings: Findings,
): Core<number[]> {
  const starts: number[] = [];
  const cursor = new BlockCursor(0);
  try {
    // Blocks on the way down do not lie in one another, and so cost no more than the file has.
    for (let position = top, end = Infinity; ; ) {
      const block = yield* storeUpTo(end).block(position);
      if (block.type === type) return starts.reverse();
      if (block.type !== INDEX_BLOCK) {
        findings.add('INDEX_POSITION', `the index leads to byte ${position}, where a block of another section begins`, position, part);
        return [];
      }
      starts.push(position);
      cursor.seek(block, NO_BYTES);
      end = position;
      position = decodeIndexPosition(cursor);
    }
  } catch (error) {
    findings.addError(error, part);
    return [];
  }
}
