import { run, runSync } from '@reftable/io';
import type { EntryView, LogEntry } from './entry.js';
import type { ReaderOptions } from './frame-reader.js';
import { LogCore } from './log-core.js';
import { performSource, performSourceSync, type LogSource, type LogSourceSync } from './source.js';

/**
 * Reads a log from its start to its end, once: what one loop has had, the next does not get again. Keys and values are views of what was
 * read; they stay as they are, but keep up to a whole batch in memory: copy what is to last.
 *
 * Damage ends in a `ReftableError` of kind `format`, and is final: no entry of a frame that fails its checksum is given out, and none after it.
 */
export class LogReader {
  readonly #source: LogSource;
  readonly #core: LogCore;

  constructor(source: LogSource, options: ReaderOptions = {}) {
    this.#source = source;
    this.#core = new LogCore(source, options);
  }

  /** Offset just past the batch that it is at: so far the log is sound. */
  get end(): number {
    return this.#core.end;
  }

  /** How many batches it came to. */
  get batchCount(): number {
    return this.#core.batches;
  }

  /** How many entries it came to. */
  get entryCount(): number {
    return this.#core.entries.count;
  }

  /** The entry that it is at, after a move that said that there is one. */
  get entry(): EntryView {
    return this.#core.entries;
  }

  /** Moves to the next entry as far as it is in memory. False: `load` goes on. @throws a format error on damage */
  next(): boolean {
    return this.#core.next();
  }

  /**
   * Reads on and moves to the next entry; false if there is none, or, in a live log, none yet: then it can be called again later.
   * @throws a format error on damage; `LOG_TRUNCATED` (format) where a log that is not live ends early; whatever the source throws
   */
  load(): Promise<boolean> {
    return run(this.#core.load(), performSource);
  }

  /** The entries from where it is, up to the end of the log, or of what is there of it. @throws as `load` */
  async *entries(): AsyncGenerator<LogEntry, void, undefined> {
    while (this.next() || (await this.load())) yield this.entry.entry();
  }

  /** The same batch by batch, each as a whole: of a batch with damage in it nothing is given out. @throws as `load` */
  async *batches(): AsyncGenerator<LogEntry[], void, undefined> {
    while (this.#core.nextBatch() || (await run(this.#core.loadBatch(), performSource))) yield entriesOf(this.#core);
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#source.close();
  }
}

/** The sync face of {@link LogReader}. */
export class LogReaderSync {
  readonly #source: LogSourceSync;
  readonly #core: LogCore;

  constructor(source: LogSourceSync, options: ReaderOptions = {}) {
    this.#source = source;
    this.#core = new LogCore(source, options);
  }

  /** As {@link LogReader.end}. */
  get end(): number {
    return this.#core.end;
  }

  /** As {@link LogReader.batchCount}. */
  get batchCount(): number {
    return this.#core.batches;
  }

  /** As {@link LogReader.entryCount}. */
  get entryCount(): number {
    return this.#core.entries.count;
  }

  /** As {@link LogReader.entry}. */
  get entry(): EntryView {
    return this.#core.entries;
  }

  /** As {@link LogReader.next}. */
  next(): boolean {
    return this.#core.next();
  }

  /** As {@link LogReader.load}. */
  load(): boolean {
    return runSync(this.#core.load(), performSourceSync);
  }

  /** As {@link LogReader.entries}. */
  *entries(): Generator<LogEntry, void, undefined> {
    while (this.next() || this.load()) yield this.entry.entry();
  }

  /** As {@link LogReader.batches}. */
  *batches(): Generator<LogEntry[], void, undefined> {
    while (this.#core.nextBatch() || runSync(this.#core.loadBatch(), performSourceSync)) yield entriesOf(this.#core);
  }

  /** As {@link LogReader.close}. */
  close(): void {
    this.#source.closeSync();
  }
}

/** What the batch has that a core is at. It is decoded as a whole before any of it is seen. */
function entriesOf(core: LogCore): LogEntry[] {
  const list: LogEntry[] = [];
  while (core.nextInBatch()) list.push(core.entries.entry());
  return list;
}
