/*
 * The value of an index record (block type 'i'; the key is the last key of the block that it stands for):
 *
 *   varint position of that block in the file (0 for the first, which contains the file header)
 */
import { decodeVarint } from '@reftable/varint';
import type { ByteWriter } from '@reftable/varint/bytes';
import type { BlockCursor } from './block-cursor.js';

/**
 * The position of the block that the index record stands for. It lies before the index block, always: an index is written after what it indexes,
 * so that going down through the levels comes to an end.
 * @throws `INDEX_POSITION`, `VALUE_TYPE`
 */
export function decodeIndexPosition(cursor: BlockCursor): number {
  const block = cursor.block!;
  if (cursor.valueType !== 0) throw block.damage('VALUE_TYPE', `index record of value type ${cursor.valueType}`, cursor.valueStart);
  let position = Infinity;
  try {
    position = decodeVarint(cursor.bytes, cursor.valueStart, block.recordsEnd);
  } catch {
    // Beyond any file.
  }
  if (position >= block.position) {
    throw block.damage('INDEX_POSITION', `index record points at ${position}`, cursor.valueStart);
  }
  return position;
}

/** Writes the value of an index record and returns its value type. */
export function encodeIndex(writer: ByteWriter, position: number): number {
  writer.varint(position);
  return 0;
}
