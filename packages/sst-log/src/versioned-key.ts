/*
 * A key with its timestamp as one key, in whose byte order keys ascend and, for each key, timestamps descend. SPEC.md, "In a sorted table".
 *
 *   versioned key = the key, each byte 0 in it followed by 255 | 0 0 | 2^64-1 minus the timestamp, 8 bytes, the highest first
 */
import { checkU64, getU32, MAX_U64, ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { timestampOf, type LogEntry } from './entry.js';

/** In a key it follows each 0, so that a 0 with a 0 behind it is no part of the key. */
const ESCAPE = 255;

/** The bits beside the key of a record in a sorted table. */
export const PUT_EXTRA = 0;
export const DEL_EXTRA = 1;

/** A record of a sorted table, as `@reftable/sst-v2` has them. */
export interface VersionedRecord {
  readonly key: Uint8Array;
  /** 0: a put; 1: a delete, whose value is empty. */
  readonly extra: number;
  readonly value: Uint8Array;
}

/** The versioned key. @throws `NUMBER_RANGE` (misuse) */
export function versionedKey(key: Uint8Array, timestamp: number | bigint): Uint8Array {
  checkU64(timestamp);
  const out = new ByteWriter(key.length + 16);
  keyPrefix(out, key);
  out.u64(MAX_U64 - BigInt(timestamp));
  return out.view();
}

/** What all versions of a key start with, and no versioned key of another: what to look for to find the newest. */
export function versionPrefix(key: Uint8Array): Uint8Array {
  const out = new ByteWriter(key.length + 8);
  keyPrefix(out, key);
  return out.view();
}

/** The entry that a record of a sorted table stands for. @throws `VERSIONED_KEY` (format) where it stands for none */
export function entryOfRecord({ key: versioned, extra, value }: VersionedRecord): LogEntry {
  const end = endOfKey(versioned);
  if (end < 0 || (extra !== PUT_EXTRA && (extra !== DEL_EXTRA || value.length > 0))) {
    throw new ReftableError('format', 'VERSIONED_KEY', 'a record that is no key with a timestamp and its value');
  }
  // What is stored is 2^64-1 minus the timestamp: each half of it is inverted by itself.
  const base = { key: unescape(versioned, end), ...timestampOf(~getU32(versioned, end + 2) >>> 0, ~getU32(versioned, end + 6) >>> 0) };
  return extra === PUT_EXTRA ? { kind: 'put', ...base, value } : { kind: 'del', ...base };
}

/** The record of a sorted table that an entry becomes. */
export function recordOfEntry(entry: LogEntry): VersionedRecord {
  const key = versionedKey(entry.key, entry.timestampExact ?? entry.timestamp);
  return entry.kind === 'put' ? { key, extra: PUT_EXTRA, value: entry.value } : { key, extra: DEL_EXTRA, value: new Uint8Array(0) };
}

function keyPrefix(out: ByteWriter, key: Uint8Array): void {
  for (const byte of key) {
    out.u8(byte);
    if (byte === 0) out.u8(ESCAPE);
  }
  out.u8(0);
  out.u8(0);
}

/** Where the key ends in a versioned one: at two zeros that have just a timestamp behind them; -1: there is none. */
function endOfKey(versioned: Uint8Array): number {
  const end = versioned.length - 10;
  for (let at = 0; at < end; at++) if (versioned[at] === 0 && versioned[++at] !== ESCAPE) return -1;
  return end >= 0 && versioned[end] === 0 && versioned[end + 1] === 0 ? end : -1;
}

function unescape(versioned: Uint8Array, end: number): Uint8Array {
  const out = new ByteWriter(end);
  for (let at = 0; at < end; at++) {
    out.u8(versioned[at]!);
    if (versioned[at] === 0) at++;
  }
  return out.view();
}
