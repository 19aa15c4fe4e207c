import { compareBytes, ReftableError } from '@reftable/varint';
import { insertEntry } from './entry-setsum.js';
import type { LogBuilderSync } from './log-to-builder.js';
import { highOf, lowOf } from './protobuf.js';
import { Setsum } from './setsum.js';
import { DEL_EXTRA, PUT_EXTRA, versionedKey } from './versioned-key.js';
import type { LogEntry } from './entry.js';

/** What a sorted table is written with: the `SstWriter` of `@reftable/sst-v2` is one. */
export interface TableWriter {
  /** Adds a record beyond the one before it. */
  put(key: Uint8Array, value: Uint8Array, extra: number): void;
  /** Finishes the table. @param metadata to be kept in it */
  finish(metadata: Uint8Array): unknown;
}

/** Puts the entries of a log into a sorted table, under versioned keys, and their setsum into its metadata. */
export class TableBuilder implements LogBuilderSync<Setsum> {
  readonly #table: TableWriter;
  readonly #setsum = new Setsum();
  #lastKey: Uint8Array | undefined;

  constructor(table: TableWriter) {
    this.#table = table;
  }

  /** @throws `ENTRY_DUPLICATE` (misuse) for the second of two entries with equal key and timestamp; what the table's writer throws */
  put(key: Uint8Array, timestamp: number | bigint, value: Uint8Array): void {
    this.#add(versionedKey(key, timestamp), PUT_EXTRA, value);
    insertEntry(this.#setsum, key, lowOf(timestamp), highOf(timestamp), value);
  }

  /** @throws as {@link put} */
  del(key: Uint8Array, timestamp: number | bigint): void {
    this.#add(versionedKey(key, timestamp), DEL_EXTRA, new Uint8Array(0));
    insertEntry(this.#setsum, key, lowOf(timestamp), highOf(timestamp), undefined);
  }

  /** Finishes the table. @returns the setsum of its entries, which its metadata is the digest of */
  seal(): Setsum {
    this.#table.finish(this.#setsum.digest());
    return this.#setsum.clone();
  }

  #add(key: Uint8Array, extra: number, value: Uint8Array): void {
    if (this.#lastKey !== undefined && compareBytes(this.#lastKey, key) === 0) {
      throw new ReftableError('misuse', 'ENTRY_DUPLICATE', 'two entries with equal key and timestamp, of which a sorted table can hold one');
    }
    this.#table.put(key, value, extra);
    this.#lastKey = key;
  }
}

/** The setsum of entries, such as those of a sorted table. */
export function setsumOfEntries(entries: Iterable<LogEntry>): Setsum {
  const setsum = new Setsum();
  for (const entry of entries) {
    const timestamp = entry.timestampExact ?? entry.timestamp;
    insertEntry(setsum, entry.key, lowOf(timestamp), highOf(timestamp), entry.kind === 'put' ? entry.value : undefined);
  }
  return setsum;
}
