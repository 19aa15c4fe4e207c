/* What the sync and the async face ask alike. */
import { objectIdBytes, putLogKey } from '@reftable/block';
import type { Ref } from '@reftable/block';
import { RangeCursor, type Core, type CursorCore } from '@reftable/io';
import { checkU64, MAX_U64 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import type { FoundRef, LogView, ReaderCore, RefView } from './reader-core.js';
import { keyRange, type RefRange } from './range.js';

/** Which entries of logs are wanted. */
export interface LogRange {
  /** Only entries of this update index and older ones. */
  readonly from?: number | bigint;
  /** Tombstones too. Default false. */
  readonly tombstones?: boolean;
}

/** The refs of a range. */
export function refsIn(core: ReaderCore, range: RefRange): CursorCore<RefView> {
  return new RangeCursor(core.refCursor(), keyRange(range));
}

/** One ref's log, newest first. @throws `NUMBER_RANGE` (misuse) */
export function logOf(core: ReaderCore, name: string | Uint8Array, range: LogRange): CursorCore<LogView> {
  const { from = MAX_U64 } = range;
  checkU64(from);
  const key = new ByteWriter();
  putLogKey(key, name, from);
  const start = key.view();
  const prefix = start.subarray(0, start.length - 8);
  return new RangeCursor(core.logCursor(), { start, prefix, exclude: [], tombstones: range.tombstones ?? false });
}

/** All logs, by name and then newest first. */
export function allLogs(core: ReaderCore, range: Omit<LogRange, 'from'>): CursorCore<LogView> {
  return new RangeCursor(core.logCursor(), keyRange(range));
}

/**
 * Looks for a ref by its name.
 * @param key where the bytes of the name are put; they must stay there until a core that is returned has ended
 */
export function refNamed(core: ReaderCore, key: ByteWriter, name: string | Uint8Array): FoundRef {
  key.length = 0;
  key.text(name);
  // What is not ASCII takes more bytes than code units.
  return core.findRef(key.buffer, key.length, typeof name === 'string' && key.length === name.length ? name : undefined);
}

/** What a record says that was found, if it is not a tombstone. */
export function live(ref: Ref | undefined): Ref | undefined {
  return ref?.kind === 'deletion' ? undefined : ref;
}

/** Refs by object id. @throws `OBJECT_ID` (misuse) */
export function refsWith(core: ReaderCore, id: string | Uint8Array): Core<Ref[]> {
  return core.refsByObject(objectIdBytes(id, core.idSize));
}
