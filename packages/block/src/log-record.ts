/*
 * A log record (block type 'g'). Its key sorts a ref's entries newest first:
 *
 *   name of the ref, a zero byte, u64 (2^64-1 less the update index)
 *
 * Its value:
 *
 *   by value type   0  nothing: the entry of this name and update index is deleted (a tombstone)
 *                   1  old object id, new object id
 *                      varint length, name of who did it
 *                      varint length, e-mail address
 *                      varint time, seconds since 1970
 *                      i16    time zone
 *                      varint length, message
 */
import { getBigU64, MAX_U64, putU32, putU64, ReftableError, skipVarint } from '@reftable/varint';
import type { ByteWriter } from '@reftable/varint/bytes';
import { bigAt, isExactNumber, saturate, textAt } from './exact.js';
import { putObjectId, toHex } from './object-id.js';
import type { RecordPlace } from './record-place.js';
import { decodeText } from './text.js';

/** A log record's value types, as stored. */
export const LOG_DELETION = 0;
export const LOG_UPDATE = 1;

/** Bytes of a log key behind the ref's name. */
export const LOG_KEY_SUFFIX = 9;

interface LogBase {
  /** Full name of the ref whose log this is an entry of. */
  readonly ref: string;
  /** The ref name's bytes, only where they are not UTF-8. */
  readonly refBytes?: Uint8Array;
  /** The transaction that the entry tells of; 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  /** The update index, only where it is beyond 2^53-1. */
  readonly updateIndexExact?: bigint;
}

/** A tombstone: hides the entry of the same ref and update index in older tables. */
export interface LogDeletion extends LogBase {
  readonly kind: 'deletion';
}

/** An entry of a reflog. */
export interface LogUpdate extends LogBase {
  readonly kind: 'update';
  /** Object id before, in lower-case hex; all zeros where the ref was created. */
  readonly oldOid: string;
  /** Object id after; all zeros where the ref was deleted. */
  readonly newOid: string;
  readonly name: string;
  readonly nameBytes?: Uint8Array;
  readonly email: string;
  readonly emailBytes?: Uint8Array;
  /** Seconds since 1970; 2^53-1 where it is beyond that. */
  readonly time: number;
  /** The time, only where it is beyond 2^53-1. */
  readonly timeExact?: bigint;
  /** As stored, -32768 to 32767. Git stores decimal hhmm (-330 is -0330), JGit minutes, and nothing in the file tells them apart. */
  readonly timeZone: number;
  /** As stored: Git ends it with a newline. */
  readonly message: string;
  readonly messageBytes?: Uint8Array;
}

/** A log record. */
export type LogRecord = LogDeletion | LogUpdate;

/** What a log record is written from: a {@link LogRecord}, with strings or bytes, numbers or bigints. An exact sibling, where there is one, counts. */
export type LogInput = {
  readonly ref: string | Uint8Array;
  readonly refBytes?: Uint8Array;
  readonly updateIndex: number | bigint;
  readonly updateIndexExact?: bigint;
} & (
  | { readonly kind: 'deletion' }
  | {
      readonly kind: 'update';
      readonly oldOid: string | Uint8Array;
      readonly newOid: string | Uint8Array;
      readonly name: string | Uint8Array;
      readonly nameBytes?: Uint8Array;
      readonly email: string | Uint8Array;
      readonly emailBytes?: Uint8Array;
      readonly time: number | bigint;
      readonly timeExact?: bigint;
      readonly timeZone: number;
      readonly message: string | Uint8Array;
      readonly messageBytes?: Uint8Array;
    }
);

/** Bytes of the ref's name in the key of the log record that the cursor is at. @throws `LOG_KEY` (format) */
export function logNameLength(cursor: RecordPlace): number {
  const length = cursor.keyLength - LOG_KEY_SUFFIX;
  // The first zero byte ends the name: one within it would mix the entries of two refs.
  if (length <= 0 || cursor.key.indexOf(0) !== length) throw cursor.block!.damage('LOG_KEY', 'log key without a name and an update index');
  return length;
}

/** The update index in the key of the log record that the cursor is at. @throws `LOG_KEY` (format) */
export function logUpdateIndex(cursor: RecordPlace): bigint {
  return MAX_U64 - getBigU64(cursor.key, logNameLength(cursor) + 1);
}

/** Writes a log record's key. */
export function putLogKey(writer: ByteWriter, name: string | Uint8Array, updateIndex: number | bigint): void {
  writer.text(name);
  const start = writer.reserve(LOG_KEY_SUFFIX);
  const { buffer } = writer;
  buffer[start] = 0;
  if (typeof updateIndex === 'number') {
    // 2^64-1 less the index is all bits inverted: in two halves, since bigints are slow.
    putU32(buffer, start + 1, 0xffff_ffff - Math.floor(updateIndex / 2 ** 32));
    putU32(buffer, start + 5, 0xffff_ffff - (updateIndex >>> 0));
  } else {
    putU64(buffer, start + 1, MAX_U64 - updateIndex);
  }
}

/** The log record that the cursor is at, as a plain object. @throws `LOG_KEY`, `VARINT_OVERFLOW` */
export function decodeLog(cursor: RecordPlace, idSize: number): LogRecord {
  const { bytes, valueStart } = cursor;
  const nameLength = logNameLength(cursor);
  const { text: ref, exact: refBytes } = decodeText(cursor.key, 0, nameLength);
  const index = MAX_U64 - getBigU64(cursor.key, nameLength + 1);
  const common: LogBase = {
    ref,
    ...(refBytes && { refBytes }),
    updateIndex: saturate(index),
    ...(!isExactNumber(index) && { updateIndexExact: index }),
  };
  if (cursor.valueType === LOG_DELETION) return { ...common, kind: 'deletion' };
  const newStart = valueStart + idSize;
  const nameAt = textAt(cursor, newStart + idSize);
  const emailAt = textAt(cursor, nameAt.end);
  const time = bigAt(cursor, emailAt.end);
  const zoneStart = skipVarint(bytes, emailAt.end, cursor.valueEnd);
  const messageAt = textAt(cursor, zoneStart + 2);
  const name = decodeText(bytes, nameAt.start, nameAt.end);
  const email = decodeText(bytes, emailAt.start, emailAt.end);
  const message = decodeText(bytes, messageAt.start, messageAt.end);
  return {
    ...common,
    kind: 'update',
    oldOid: toHex(bytes, valueStart, newStart),
    newOid: toHex(bytes, newStart, newStart + idSize),
    name: name.text,
    ...(name.exact && { nameBytes: name.exact }),
    email: email.text,
    ...(email.exact && { emailBytes: email.exact }),
    time: saturate(time),
    ...(!isExactNumber(time) && { timeExact: time }),
    // Signed: shifted up to the top of 32 bits and back.
    timeZone: ((bytes[zoneStart]! << 24) | (bytes[zoneStart + 1]! << 16)) >> 16,
    message: message.text,
    ...(message.exact && { messageBytes: message.exact }),
  };
}

/**
 * Writes a log record's value and returns its value type. The message is stored as it is given.
 * @throws `KEYS_NOT_ASCENDING` (the ref has no name, and so the record no key), `LOG_KEY` (a zero byte is in its name), `OBJECT_ID`, `NUMBER_RANGE`, `TIME_ZONE` (all misuse)
 */
export function encodeLog(writer: ByteWriter, log: LogInput, message: Uint8Array, idSize: number): number {
  const ref = log.refBytes ?? log.ref;
  if (ref.length === 0) throw new ReftableError('misuse', 'KEYS_NOT_ASCENDING', 'log entry of a ref without a name');
  if (typeof ref === 'string' ? ref.includes('\0') : ref.includes(0)) {
    throw new ReftableError('misuse', 'LOG_KEY', 'log entry of a ref with a zero byte in its name');
  }
  if (log.kind === 'deletion') return LOG_DELETION;
  const start = writer.reserve(2 * idSize);
  putObjectId(writer.buffer, start, log.oldOid, idSize);
  putObjectId(writer.buffer, start + idSize, log.newOid, idSize);
  putText(writer, log.nameBytes ?? log.name);
  putText(writer, log.emailBytes ?? log.email);
  writer.varint(log.timeExact ?? log.time);
  if (!Number.isInteger(log.timeZone) || log.timeZone < -0x8000 || log.timeZone > 0x7fff) {
    throw new ReftableError('misuse', 'TIME_ZONE', `time zone ${log.timeZone} is no whole number of 16 bits`);
  }
  writer.u16(log.timeZone & 0xffff);
  putText(writer, message);
  return LOG_UPDATE;
}

/** Writes a length and a text of so many bytes. */
function putText(writer: ByteWriter, text: string | Uint8Array): void {
  const start = writer.reserve(1);
  writer.text(text);
  const length = writer.length - start - 1;
  if (length < 128) {
    writer.buffer[start] = length;
    return;
  }
  // Rare, and the length takes more than the byte that was left for it.
  const bytes = writer.view().slice(start + 1);
  writer.length = start;
  writer.varint(length);
  writer.bytes(bytes);
}

/** Whether an entry leads from no object to no object: what Git writes to say that a reflog exists though it has no entries, and never shows. */
export function isExistenceMarker({ oldOid, newOid }: Record<'oldOid' | 'newOid', string | Uint8Array>): boolean {
  return [oldOid, newOid].every((oid) => (typeof oid === 'string' ? /^0+$/.test(oid) : !oid.some(Boolean)));
}
