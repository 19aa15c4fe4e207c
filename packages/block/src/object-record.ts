/*
 * The value of an object record (block type 'o'; the key is the shortest start of the object id that tells all of them
 * in the table apart):
 *
 *   value type      number of positions, or 0 if that is not 1 to 7
 *   varint count    only where the value type is 0; 0 again means: too many to list, look into every ref block
 *   varint position of the first ref block that mentions the object, in the file
 *   varint*         further positions, each less the one before
 */
import { decodeVarint, skipVarint } from '@reftable/varint';
import type { ByteWriter } from '@reftable/varint/bytes';
import { numberAt } from './exact.js';
import type { RecordPlace } from './record-place.js';

/**
 * The positions of the ref blocks that mention the object, ascending; undefined where the record says to look into all.
 * @throws `OBJECT_POSITION` if they do not ascend or one is at or beyond `limit`, where the ref blocks end
 */
export function decodeObjectPositions(cursor: RecordPlace, limit: number): number[] | undefined {
  const { bytes, valueEnd } = cursor;
  let pos = cursor.valueStart;
  let count = cursor.valueType;
  if (count === 0) {
    count = decodeVarint(bytes, pos, valueEnd);
    pos = skipVarint(bytes, pos, valueEnd);
  }
  if (count === 0) return undefined;
  const positions: number[] = [];
  let position = -1;
  while (count-- > 0) {
    const delta = numberAt(cursor, pos);
    const next = positions.length === 0 ? delta : position + delta;
    if (next <= position || next >= limit) {
      throw cursor.block!.damage('OBJECT_POSITION', `object record points at ${next}`, pos);
    }
    positions.push((position = next));
    pos = skipVarint(bytes, pos, valueEnd);
  }
  return positions;
}

/** Writes the value of an object record, of the first `count` positions (none: "look into all"), and returns its value type. */
export function encodeObject(writer: ByteWriter, positions: readonly number[], count = positions.length): number {
  const valueType = count > 7 ? 0 : count;
  if (valueType === 0) writer.varint(count);
  let previous = 0;
  for (let index = 0; index < count; index++) {
    writer.varint(positions[index]! - previous);
    previous = positions[index]!;
  }
  return valueType;
}
