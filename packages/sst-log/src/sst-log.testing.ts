/* What the tests of this package share. */
import { Buffer } from 'node:buffer';
import { BytesSource } from '@reftable/io';
import { isReftableError, type ReftableError } from '@reftable/varint';
import { afterAll, beforeAll } from 'vitest';
import type { SstEntry } from '@reftable/conformance';
import { LogReaderSync, WriteBatch, type LogEntry, type LogSource, type LogSourceSync, type ReaderOptions } from './index.js';
import { LogCore } from './log-core.js';

/** An entry in the form of the golden data. */
export function plain(entry: LogEntry): SstEntry {
  const { key, timestamp, timestampExact } = entry;
  return { key, timestamp: timestampExact ?? BigInt(timestamp), value: entry.kind === 'put' ? entry.value : undefined };
}

/** What comes out of a log before it ends, or fails. */
export function readAll(bytes: Uint8Array, options: ReaderOptions = {}): { entries: SstEntry[]; error: ReftableError | undefined; end: number } {
  const reader = new LogReaderSync(new BytesSource(bytes), options);
  const entries: SstEntry[] = [];
  try {
    for (const entry of reader.entries()) entries.push(plain(entry));
  } catch (error) {
    if (!isReftableError(error, 'format')) throw error;
    return { entries, error, end: reader.end };
  }
  return { entries, error: undefined, end: reader.end };
}

/** Entries as text: two long lists of bytes are then compared in no time. */
export function texts(entries: readonly SstEntry[]): string[] {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return entries.map(({ key, timestamp, value }) => `${hex(key)} ${timestamp} ${value === undefined ? 'deleted' : hex(value)}`);
}

/** A batch of these entries. */
export function batchOf(entries: readonly SstEntry[]): WriteBatch {
  const batch = new WriteBatch();
  for (const { key, timestamp, value } of entries) {
    if (value === undefined) batch.del(key, timestamp);
    else batch.put(key, timestamp, value);
  }
  return batch;
}

/** The first bytes of a log, as many as one likes: nothing is copied. */
export class FirstBytes implements LogSource, LogSourceSync {
  readonly name = undefined;
  size: number;
  readonly #bytes: Uint8Array;

  constructor(all: Uint8Array, size: number) {
    this.#bytes = all;
    this.size = size;
  }

  readSync(offset: number, length: number): Uint8Array {
    if (offset + length > this.size) throw new Error(`read up to ${offset + length} of ${this.size}`);
    return this.#bytes.subarray(offset, offset + length);
  }

  read(offset: number, length: number): Uint8Array {
    return this.readSync(offset, length);
  }

  close(): void {
    // Nothing is held.
  }

  closeSync(): void {
    // Nothing is held.
  }
}

/** What reads a log, begun at the end of a batch: of what it has read it would know no more than where it is. */
export function coreAt(log: LogSourceSync, offset: number): LogCore {
  const core = new LogCore(log, {});
  core.end = core.partEnd = core.frames.position = offset;
  return core;
}

/** Has errors made without a trace while the tests of a file run: there are millions of them, and nobody looks where they come from. */
export function withoutTraces(): void {
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
}
