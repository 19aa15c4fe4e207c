/*
 * What a cursor is, below its sync and async faces. Moving is a plain call that answers *need a block* at a block's end;
 * only then is a generator run. Tables, merged tables and stacks have the same.
 */
import type { Hash, LogRecord, Ref } from '@reftable/block';
import type { Core } from '@reftable/io';

/** The key of the record that a cursor is at. */
export interface KeyView {
  /** The first `keyLength` bytes are the key. The next move overwrites them. */
  readonly key: Uint8Array;
  readonly keyLength: number;
  /** How many bytes the key has in common with the one that the same table's cursor passed before it. */
  readonly shared: number;
  /** Whether the record is a tombstone. */
  readonly isDeletion: boolean;
}

/** The ref that a cursor is at. All that it gives is made when it is asked for. */
export interface RefView extends KeyView {
  readonly name: string;
  /** 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  readonly updateIndexExact: bigint;
  /** Whether the ref holds this object id or peels to it. */
  mentions(id: Uint8Array): boolean;
  /** All of it, as a plain object. */
  ref(): Ref;
}

/** The log entry that a cursor is at. Its `key` is the name of the ref, a zero byte, and 8 bytes that sort newest first. */
export interface LogView extends KeyView {
  /** Name of the ref whose log it is in. */
  readonly name: string;
  readonly updateIndex: number;
  readonly updateIndexExact: bigint;
  /** All of it, as a plain object. */
  log(): LogRecord;
}

/** Moves over records in the order of their keys. */
export interface CursorCore<V extends KeyView> {
  /** The record that it is at, if the last move said that there is one. Another object may stand here after each move. */
  readonly record: V;
  /** Moves to the next record as far as it is in memory; false: `load` goes on. */
  next(): boolean;
  /** Reads what is needed and moves to the next record; false: there is none. */
  load(): Core<boolean>;
  /**
   * Goes before the first record whose key is at or past the first `length` bytes of `target`, from wherever it is, as far as what it needs
   * is in memory; false: `settle` goes on, with a target that must not have changed.
   */
  seek(target: Uint8Array, length: number): boolean;
  /** Reads what is needed and finishes the seek. */
  settle(): Core<void>;
}

/** What the reading surface is built on: a table, several merged, a stack. */
export interface ReaderCore {
  /** Every ref record, tombstones included. */
  refCursor(): CursorCore<RefView>;
  /** Every log record, tombstones included. */
  logCursor(): CursorCore<LogView>;
  /** The record of this name, be it a tombstone; undefined if there is none. */
  findRef(name: Uint8Array): Core<Ref | undefined>;
  /** The refs, by name, that hold this object id or peel to it. */
  refsByObject(id: Uint8Array): Core<Ref[]>;
  /** Bytes of an object id. */
  readonly idSize: number;
}

/** What a merged view and a stack need of a table, whatever its format. */
export interface AnyTableCore extends ReaderCore {
  readonly hash: Hash;
  readonly minUpdateIndex: bigint;
  readonly maxUpdateIndex: bigint;
}
