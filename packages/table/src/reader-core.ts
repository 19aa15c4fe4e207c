/* What cursors over refs and logs show, and what the reading surface is built on: the same for tables, merged tables and stacks. */
import type { Hash, LogRecord, Ref } from '@reftable/block';
import type { Core, CursorCore, KeyView } from '@reftable/io';

/** A record as it is stored, for who copies it as it is. */
export interface StoredRecord {
  /** The 3 bits beside the key's length. */
  readonly valueType: number;
  /** Holds the record's value, among others. */
  readonly bytes: Uint8Array;
  /** Where in `bytes` the value starts; for a ref, what follows the update index, which counts from the least of its own table. */
  readonly contentStart: number;
  /** Where the value ends. */
  readonly contentEnd: number;
}

/** The ref that a cursor is at. All that it gives is made when it is asked for. */
export interface RefView extends KeyView, StoredRecord {
  readonly name: string;
  /** 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  readonly updateIndexExact: bigint;
  /** Whether the ref holds this object id or peels to it. */
  mentions(id: Uint8Array): boolean;
  /** All of it, as a plain object. @param name its name, if the caller has that as a string and it is nothing but ASCII */
  ref(name?: string): Ref;
}

/** The log entry that a cursor is at. Its `key` is the name of the ref, a zero byte, and 8 bytes that sort newest first. */
export interface LogView extends KeyView, StoredRecord {
  /** Name of the ref whose log it is in. */
  readonly name: string;
  readonly updateIndex: number;
  readonly updateIndexExact: bigint;
  /** All of it, as a plain object. */
  log(): LogRecord;
}

/** What was looked for; or, where it is not all in memory, the core that goes on. The core needs the bytes of the name as they were. */
export type FoundRef = Ref | undefined | Core<Ref | undefined>;

/** What the reading surface is built on: a table, several merged, a stack. */
export interface ReaderCore {
  /** Every ref record, tombstones included. */
  refCursor(): CursorCore<RefView>;
  /** Every log record, tombstones included. */
  logCursor(): CursorCore<LogView>;
  /**
   * The record of the name that is the first `length` bytes of `name`, be it a tombstone; undefined if there is none.
   * @param text the name as a string, if the caller has that and it is nothing but ASCII
   */
  findRef(name: Uint8Array, length: number, text?: string): FoundRef;
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
