/* Checks that a value, whose length the container has from its record, is of just that length by what is in it, too. */
import { LOG_DELETION, LOG_UPDATE, REF_PEELED, REF_SYMBOLIC, type BlockCursor } from '@reftable/block';
import { decodeVarint, skipVarint } from '@reftable/varint';

/**
 * Checks the value of the ref that a cursor is at: update index, then by type nothing, an id, two ids, or length and name of a target.
 * @returns where what follows the update index starts
 * @throws `VALUE_TYPE`, `VALUE_LENGTH`
 */
export function checkRefValue(at: BlockCursor, idSize: number): number {
  const { bytes, contentStart, valueEnd, valueType } = at;
  const start = pastNumber(bytes, contentStart, valueEnd);
  // As many ids as the type says.
  let end = start + valueType * idSize;
  if (valueType > REF_PEELED) {
    if (valueType !== REF_SYMBOLIC) throw at.block!.damage('VALUE_TYPE', `ref of value type ${valueType}`, at.valueStart);
    end = pastText(bytes, start, valueEnd);
  }
  if (end !== valueEnd) throw ofAnotherLength(at, 'ref');
  return start;
}

/**
 * Checks the value of the log record that a cursor is at: nothing, or two ids, name, address, time, zone and message.
 * @throws `VALUE_TYPE`, `VALUE_LENGTH`
 */
export function checkLogValue(at: BlockCursor, idSize: number): void {
  const { bytes, contentStart, valueEnd, valueType } = at;
  let end = contentStart;
  if (valueType === LOG_UPDATE) {
    end = pastText(bytes, pastText(bytes, contentStart + 2 * idSize, valueEnd), valueEnd);
    end = pastText(bytes, pastNumber(bytes, end, valueEnd) + 2, valueEnd);
  } else if (valueType !== LOG_DELETION) {
    throw at.block!.damage('VALUE_TYPE', `log entry of value type ${valueType}`, at.valueStart);
  }
  if (end !== valueEnd) throw ofAnotherLength(at, 'log entry');
}

/** Checks the value of the object record that a cursor is at: as many numbers as its type or its first number says. @throws `VALUE_LENGTH` */
export function checkObjectValue(at: BlockCursor): void {
  const { bytes, contentStart, valueEnd, valueType } = at;
  let end = contentStart;
  let count = valueType;
  if (count === 0) {
    end = pastNumber(bytes, contentStart, valueEnd);
    count = end <= valueEnd ? smallNumber(bytes, contentStart, valueEnd) : 0;
  }
  while (count-- > 0 && end <= valueEnd) end = pastNumber(bytes, end, valueEnd);
  if (end !== valueEnd) throw ofAnotherLength(at, 'object record');
}

/** Past a varint; infinity where that is not by `end`. */
function pastNumber(bytes: Uint8Array, pos: number, end: number): number {
  if (pos < end && bytes[pos]! < 128) return pos + 1;
  try {
    return skipVarint(bytes, pos, end);
  } catch {
    return Infinity;
  }
}

/** Past a length and as many bytes; infinity where the length does not stand before `end`. */
function pastText(bytes: Uint8Array, pos: number, end: number): number {
  return smallNumber(bytes, pos, end) + pastNumber(bytes, pos, end);
}

/** A varint; infinity where it does not end by `end`, or no value is that long. */
function smallNumber(bytes: Uint8Array, pos: number, end: number): number {
  try {
    return decodeVarint(bytes, pos, end);
  } catch {
    return Infinity;
  }
}

function ofAnotherLength(at: BlockCursor, what: string): Error {
  return at.block!.damage('VALUE_LENGTH', `${what} with a value of another length than it takes`, at.valueStart);
}
