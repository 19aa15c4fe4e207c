import { Addition } from './addition.js';
import { prepareAddition, type PrepareOptions } from './addition-core.js';
import { clean, type CleanOptions, type CleanResult } from './clean.js';
import { automaticRange, compactAll, compactAutomatically, compactRange, type CompactionExtras } from './compaction.js';
import type { TableRange } from './geometry.js';
import { disposalOf } from './disposal.js';
import { resolveStackOptions, type StackOptions } from './options.js';
import { perform } from './requests.js';
import { openStackCore, type CompactionStatistics, type StackCore } from './stack-core.js';
import { StackReader, type Abortable } from './stack-reader.js';
import type { ReadableStorage } from './storage.js';
import type { Transaction } from './transaction.js';

/** What is compacted, and how. */
export interface CompactOptions extends CompactionExtras {
  /** Only these tables, counted from the oldest, which is 0. Default: all. */
  readonly tables?: TableRange;
}

/**
 * A folder of tables as a database of refs and logs: read as a {@link StackReader} is, and written.
 *
 * After each write it reads what it has written. Others may write at the same time: this or another process, Git or JGit.
 */
export class Stack extends StackReader {
  declare protected readonly core: StackCore;

  /** What compactions came to. */
  get compactions(): Readonly<CompactionStatistics> {
    return this.core.compactions;
  }

  /** Whether an automatic compaction would have something to do. */
  get needsCompaction(): boolean {
    return automaticRange(this.core, this.core.state.tables) !== undefined;
  }

  /**
   * Locks the list, fills a transaction and commits it: all of it, or nothing. What the stack reads meanwhile is up to date, so old
   * values may be checked.
   * @param fill if it throws, the transaction is aborted
   * @returns what `fill` returns
   * @throws as {@link prepare}, {@link Addition.addTable} and {@link Addition.commit}: nothing has changed then, but with `NOT_DURABLE` all has,
   *   and with `OUTCOME_UNKNOWN` all or nothing (io)
   */
  async transaction<T>(fill: (transaction: Transaction) => Promise<T> | T, options: PrepareOptions & Abortable = {}): Promise<T> {
    const addition = await this.#prepare(options, true);
    try {
      const result = await addition.addTable(fill);
      await addition.commit();
      return result;
    } catch (error) {
      // What went wrong first is what is told.
      await addition.abort().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Locks the list, for an addition whose contents may depend on what the stack holds: what it reads until the commit is up to date.
   * @throws `LOCK_HELD` (locked), `STACK_OUTDATED` (outdated), `READ_ONLY` (misuse), as {@link openStack}
   */
  prepare(options: PrepareOptions & Abortable = {}): Promise<Addition> {
    return this.#prepare(options, false);
  }

  /**
   * Merges all tables, or some, into one. True if that changed anything.
   * @throws `LOCK_HELD` (locked: the list or a table), `STACK_OUTDATED` (outdated), `TABLE_RANGE`, `READ_ONLY` (misuse), as {@link openStack}.
   *   Nothing has changed then. `NOT_DURABLE`, `OUTCOME_UNKNOWN` (io): the tables are merged, or may be; the stack holds the same either way, and
   *   `clean` removes what is of no use any more.
   */
  compact(options: CompactOptions & Abortable = {}): Promise<boolean> {
    const { tables } = options;
    return this.perform(tables === undefined ? compactAll(this.core, options) : compactRange(this.core, tables, options), options);
  }

  /** Merges the tables that an automatic compaction would, if any. That it fails is only to be seen in `compactions`. */
  compactAutomatically(options: Abortable = {}): Promise<void> {
    return this.perform(compactAutomatically(this.core), options);
  }

  /**
   * Removes what crashed processes left behind: tables that are not listed, files that were never finished; locks only if told to.
   * @throws `LOCK_HELD` (locked), `READ_ONLY` (misuse), as {@link openStack}
   */
  clean(options: CleanOptions & Abortable = {}): Promise<CleanResult> {
    return this.perform(clean(this.core, options), options);
  }

  async #prepare(options: PrepareOptions & Abortable, isSingle: boolean): Promise<Addition> {
    const core = await this.perform(prepareAddition(this.core, options, isSingle), options);
    return new Addition(core, (steps) => this.perform(steps, options));
  }
}

/**
 * Opens a stack. One without a list is empty.
 * @throws `LIST_SIZE`, `LIST_UNFINISHED`, `LIST_NAME`, `LIST_DUPLICATE`, `TABLE_HASH`, a table's format error (format), `TABLE_MISSING` (not-found),
 *   `STACK_UNSETTLED` (outdated), `GEOMETRIC_FACTOR`, `LOCK_TIMEOUT` (misuse), whatever the storage throws
 */
export async function openStack(storage: ReadableStorage, options: StackOptions & Abortable = {}): Promise<Stack> {
  const settings = resolveStackOptions(options);
  const place = { folder: storage.name, format: settings.format, hash: options.hash, disposal: disposalOf(storage) };
  return new Stack(await perform(openStackCore(place, settings), storage, options.signal), storage);
}
