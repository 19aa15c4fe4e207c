import { LOG_BLOCK, type Block, type BlockCursor } from '@reftable/block';

/** Where in the file a byte of a block is: what was inflated has no other place than its block. */
export function offsetIn(block: Block, at: number): number {
  return block.type === LOG_BLOCK ? block.position : block.position + at;
}

/** Where in the file the value of the record is that the cursor is at. */
export function offsetOf(cursor: BlockCursor): number {
  return offsetIn(cursor.block!, cursor.valueStart);
}
