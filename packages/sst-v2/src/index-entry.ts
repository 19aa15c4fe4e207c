/*
 * The value of an index record (the key is the last key of the block that it stands for, the extra bits are 0):
 *
 *   u8     level of that block: 0, a data block; n, an index block of level n
 *   varint position of that block
 *   varint size of that block, as in its header
 */
import type { Block } from '@reftable/block';
import { decodeVarint, skipVarint } from '@reftable/varint';
import type { ByteWriter } from '@reftable/varint/bytes';

/** The highest level of a block that an index record stands for: a record for the block that it is in must be able to say one more. */
const MAX_LEVEL = 254;

/** What an entry is read from: a cursor at an index record. */
export interface AtRecord {
  readonly block: Block | undefined;
  readonly valueType: number;
  /** Where the value's length starts, in the block. */
  readonly valueStart: number;
}

/** What an index record says of a block. One object serves for one record after another. */
export class IndexEntry {
  level = 0;
  position = 0;
  size = 0;

  /**
   * Reads the entry at a cursor.
   * @param level that the block must have; undefined: the index block is the root, and its entries tell
   * @throws `INDEX_VALUE` (no such value), `INDEX_LEVEL`, `INDEX_POSITION` (the block does not lie before that which the record is in)
   */
  read(at: AtRecord, level: number | undefined): void {
    const block = at.block!;
    const { bytes, recordsEnd } = block;
    let end: number;
    let pos = at.valueStart;
    try {
      const length = decodeVarint(bytes, pos, recordsEnd);
      pos = skipVarint(bytes, pos, recordsEnd);
      end = Math.min(pos + length, recordsEnd);
      this.level = bytes[pos++]!;
      this.position = decodeVarint(bytes, pos, end);
      pos = skipVarint(bytes, pos, end);
      this.size = decodeVarint(bytes, pos, end);
      pos = skipVarint(bytes, pos, end);
    } catch {
      // As damaged as a value that is too long.
      end = -1;
    }
    if (pos !== end || at.valueType !== 0) throw block.damage('INDEX_VALUE', 'index record does not tell of a block', at.valueStart);
    if (this.level > MAX_LEVEL || (level !== undefined && this.level !== level)) {
      throw block.damage('INDEX_LEVEL', `index record for a block of level ${this.level}`, at.valueStart);
    }
    if (this.position + this.size > block.position) {
      throw block.damage('INDEX_POSITION', `index record points at ${this.position}`, at.valueStart);
    }
  }
}

/** Writes the value of an index record. */
export function encodeIndexValue(writer: ByteWriter, level: number, position: number, size: number): void {
  writer.u8(level);
  writer.varint(position);
  writer.varint(size);
}
