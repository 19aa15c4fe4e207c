/* Numbers of 64 bits, handed out as `number` and, where that can't hold them, exactly beside it. */
import { decodeBigVarint, decodeVarint, skipVarint } from '@reftable/varint';
import type { RecordPlace } from './record-place.js';

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The nearest `number`: 2^53-1 for all that is beyond it. */
export function saturate(value: bigint): number {
  return Number(value > MAX_SAFE ? MAX_SAFE : value);
}

/** Whether {@link saturate} loses anything. */
export function isExactNumber(value: bigint): boolean {
  return value <= MAX_SAFE;
}

/** The 64-bit varint at `pos` of the cursor's block. @throws `VARINT_OVERFLOW` (format) */
export function bigAt(cursor: RecordPlace, pos: number): bigint {
  try {
    return decodeBigVarint(cursor.bytes, pos, cursor.valueEnd);
  } catch {
    throw cursor.block!.damage('VARINT_OVERFLOW', 'number of more than 64 bits', pos);
  }
}

/** The varint at `pos` of the cursor's block; infinity where a number can't hold it. */
export function numberAt(cursor: RecordPlace, pos: number): number {
  const first = cursor.bytes[pos]!;
  if (first < 128) return first;
  try {
    return decodeVarint(cursor.bytes, pos, cursor.valueEnd);
  } catch {
    return Infinity;
  }
}

/** The varint at `pos`, which the cursor has found to fit the block, and the text of that length behind it: its start and end. */
export function textAt(cursor: RecordPlace, pos: number): { readonly start: number; readonly end: number } {
  const start = skipVarint(cursor.bytes, pos, cursor.valueEnd);
  return { start, end: start + decodeVarint(cursor.bytes, pos, cursor.valueEnd) };
}

/** As a `number` where that can hold it, for what is done with it again and again: numbers are far cheaper. */
export function cheapest(value: bigint): number | bigint {
  return isExactNumber(value) ? Number(value) : value;
}
