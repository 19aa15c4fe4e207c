import { decodeLog, decodeRef, LOG_DELETION, logNameLength, type BlockCursor, type LogRecord, type RecordPlace, type Ref } from '@reftable/block';
import { decodeObjectPositions } from '@reftable/block/object-index';
import { LOG_KEY, OBJECT_KEY, REF_KEY } from './key.js';
import { withZero } from './log-runs.js';
import type { GitMetadata } from './metadata.js';
import { checkLogValue, checkObjectValue, checkRefValue } from './value.js';

/** A record of a Git table as it is stored, of any kind. */
export type GitRecord =
  | { readonly kind: 'ref'; readonly ref: Ref }
  /** `positions`: of the blocks with refs that mention an id that begins so; undefined: any may. */
  | { readonly kind: 'object'; readonly id: Uint8Array; readonly positions: readonly number[] | undefined }
  | { readonly kind: 'log'; readonly log: LogRecord }
  /** Of a kind that is not known. */
  | { readonly kind: 'other'; readonly key: Uint8Array };

/**
 * The record that a cursor within a block is at.
 * @param end where the data blocks end
 * @throws `KEY_ORDER`, `VALUE_TYPE`, `VALUE_LENGTH`, `OBJECT_ID_LENGTH`, `OBJECT_POSITION`, `LOG_KEY`, `VARINT_OVERFLOW`
 */
export function decodeRecord(at: BlockCursor, metadata: GitMetadata, idSize: number, end: number): GitRecord {
  const key = at.key.subarray(1, at.keyLength);
  switch (at.key[0]) {
    case REF_KEY:
      if (key.length === 0) throw at.block!.damage('KEY_ORDER', 'empty name', at.valueStart);
      return { kind: 'ref', ref: decodeRef(placeOf(at, key, checkRefValue(at, idSize)), 0, idSize) };
    case OBJECT_KEY:
      return { kind: 'object', id: key.slice(), positions: positionsAt(at, metadata.objectIdLength ?? idSize, end) };
    case LOG_KEY: {
      checkLogValue(at, idSize);
      const place = placeOf(at, metadata.gitStorage === 2 ? withZero(key, key.length) : key, at.contentStart);
      if (at.valueType === LOG_DELETION) logNameLength(place);
      return { kind: 'log', log: decodeLog(place, idSize) };
    }
    default:
      return { kind: 'other', key: at.key.slice(0, at.keyLength) };
  }
}

/**
 * What the object record says that a cursor is at: positions, ascending; undefined: any block with refs may mention the id.
 * @param idLength bytes of an id that its key must have
 * @throws `OBJECT_ID_LENGTH`, `VALUE_LENGTH`, `OBJECT_POSITION`
 */
export function positionsAt(at: BlockCursor, idLength: number, end: number): readonly number[] | undefined {
  if (at.keyLength !== 1 + idLength || idLength === 0) {
    throw at.block!.damage('OBJECT_ID_LENGTH', `object record with a key of ${at.keyLength} bytes`, at.valueStart);
  }
  checkObjectValue(at);
  return decodeObjectPositions(placeOf(at, at.key, at.contentStart), end);
}

/** A record as one of a reftable: its value without the length. */
function placeOf({ block, bytes, valueType, contentStart: valueStart, valueEnd }: BlockCursor, key: Uint8Array, contentStart: number): RecordPlace {
  return { block, bytes, key, keyLength: key.length, valueType, valueStart, contentStart, valueEnd };
}
