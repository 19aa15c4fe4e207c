import { commonPrefixLength, compareBytes } from '@reftable/varint';
import type { LogEntry } from './entry.js';
import { compareEntries } from './log-to-builder.js';
import { recordOfEntry, type VersionedRecord } from './versioned-key.js';

/** A record that a cursor is at, in the form that a merge takes. */
export interface SortedRecord extends VersionedRecord {
  readonly keyLength: number;
  /** How many bytes of its key are those of the key before it that the cursor was at. */
  readonly shared: number;
  readonly isDeletion: false;
}

/**
 * Entries in memory, those of a log say, sorted as in a table: a cursor over them merges with those of tables (`@reftable/merged/keys`).
 * Of entries with equal key and timestamp the one that comes last counts, as it does in a merge of tables.
 */
export class SortedEntries {
  readonly #records: readonly VersionedRecord[];

  /** @param entries in the order of the log */
  constructor(entries: Iterable<LogEntry>) {
    // Reversed: the sort keeps the order of equals, and of those the first is then the newest.
    const sorted = [...entries].reverse().sort(compareEntries);
    this.#records = sorted.filter((entry, index) => index === 0 || compareEntries(sorted[index - 1]!, entry) !== 0).map(recordOfEntry);
  }

  /** A cursor before the first record. */
  cursor(): SortedEntriesCursor {
    return new SortedEntriesCursor(this.#records);
  }
}

/** Moves over records that are all in memory, so that it never needs to load. */
export class SortedEntriesCursor {
  record: SortedRecord = { key: new Uint8Array(0), keyLength: 0, shared: 0, extra: 0, value: new Uint8Array(0), isDeletion: false };
  readonly #records: readonly VersionedRecord[];
  #next = 0;

  constructor(records: readonly VersionedRecord[]) {
    this.#records = records;
  }

  /** Moves to the next record; false: there is none. */
  next(): boolean {
    const record = this.#records[this.#next];
    if (record === undefined) return false;
    this.#next++;
    const shared = commonPrefixLength(this.record.key, record.key);
    this.record = { ...record, keyLength: record.key.length, shared, isDeletion: false };
    return true;
  }

  /** As a cursor must have it: there is never more than `next` finds. */
  // eslint-disable-next-line require-yield -- nothing is asked for: all is in memory
  *load(): Generator<never, boolean, void> {
    return this.next();
  }

  /** Goes before the first record at or past the first `length` bytes of `target`. */
  seek(target: Uint8Array, length: number): boolean {
    const wanted = target.subarray(0, length);
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareBytes(this.#records[middle]!.key, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    this.#next = low;
    return true;
  }

  /** As a cursor must have it: a seek is always done at once. */
  *settle(): Generator<never, void, void> {
    // There is nothing to wait for.
  }
}
