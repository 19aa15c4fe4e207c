import { compareBytes } from '@reftable/varint';
import type { LogEntry } from './entry.js';
import type { LogReader, LogReaderSync } from './log-reader.js';

/** What the entries of a log can be put into, in their order: a table, or another log. */
export interface LogBuilder<T> {
  put(key: Uint8Array, timestamp: number | bigint, value: Uint8Array): Promise<void> | void;
  del(key: Uint8Array, timestamp: number | bigint): Promise<void> | void;
  /** Finishes it. */
  seal(): Promise<T> | T;
}

/** As {@link LogBuilder}, for the sync face. */
export interface LogBuilderSync<T> {
  put(key: Uint8Array, timestamp: number | bigint, value: Uint8Array): void;
  del(key: Uint8Array, timestamp: number | bigint): void;
  seal(): T;
}

/**
 * Puts all entries of a log into a builder, sorted by key and for each key newest first, and seals it. Entries of equal key and timestamp stay in
 * the order of the log, and all are handed on: whether they may be there is for the builder to say. The whole log is held in memory.
 * @returns what the builder's `seal` gives; undefined for a log without entries: then the builder is not touched
 * @throws what the reader or the builder throws
 */
export async function logToBuilder<T>(log: LogReader, builder: LogBuilder<T>): Promise<T | undefined> {
  const entries: LogEntry[] = [];
  for await (const batch of log.batches()) for (const entry of batch) entries.push(entry);
  if (entries.length === 0) return undefined;
  for (const entry of entries.sort(compareEntries)) {
    const timestamp = entry.timestampExact ?? entry.timestamp;
    await (entry.kind === 'put' ? builder.put(entry.key, timestamp, entry.value) : builder.del(entry.key, timestamp));
  }
  return builder.seal();
}

/** The sync face of {@link logToBuilder}. */
export function logToBuilderSync<T>(log: LogReaderSync, builder: LogBuilderSync<T>): T | undefined {
  const entries = [...log.entries()].sort(compareEntries);
  if (entries.length === 0) return undefined;
  for (const entry of entries) {
    const timestamp = entry.timestampExact ?? entry.timestamp;
    if (entry.kind === 'put') builder.put(entry.key, timestamp, entry.value);
    else builder.del(entry.key, timestamp);
  }
  return builder.seal();
}

/** The order of entries in a sorted table: by the bytes of their keys, and for each key newest first. */
export function compareEntries(a: LogEntry, b: LogEntry): number {
  const order = compareBytes(a.key, b.key);
  if (order !== 0) return order;
  const [ours, theirs] = [a.timestampExact ?? a.timestamp, b.timestampExact ?? b.timestamp];
  return ours > theirs ? -1 : ours < theirs ? 1 : 0;
}
