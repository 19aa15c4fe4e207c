import { AdditionSync } from './addition.js';
import { prepareAddition, type PrepareOptions } from './addition-core.js';
import { clean, type CleanOptions, type CleanResult } from './clean.js';
import { automaticRange, compactAll, compactAutomatically, compactRange } from './compaction.js';
import { disposalOfSync } from './disposal.js';
import { resolveStackOptions, type StackOptions } from './options.js';
import { performSync } from './requests.js';
import type { CompactOptions } from './stack.js';
import { openStackCore, type CompactionStatistics, type StackCore } from './stack-core.js';
import { StackReaderSync } from './stack-reader-sync.js';
import type { ReadableStorageSync } from './storage.js';
import type { Transaction } from './transaction.js';

/** The sync face of `Stack`: the same methods, answered at once. Where a lock is waited for, the thread waits. */
export class StackSync extends StackReaderSync {
  declare protected readonly core: StackCore;

  /** As `Stack.compactions`. */
  get compactions(): Readonly<CompactionStatistics> {
    return this.core.compactions;
  }

  /** As `Stack.needsCompaction`. */
  get needsCompaction(): boolean {
    return automaticRange(this.core, this.core.state.tables) !== undefined;
  }

  /** As `Stack.transaction`. */
  transaction<T>(fill: (transaction: Transaction) => T, options: PrepareOptions = {}): T {
    const addition = this.#prepare(options, true);
    try {
      const result = addition.addTable(fill);
      addition.commit();
      return result;
    } catch (error) {
      try {
        addition.abort();
      } catch {
        // What went wrong first is what is told.
      }
      throw error;
    }
  }

  /** As `Stack.prepare`. */
  prepare(options: PrepareOptions = {}): AdditionSync {
    return this.#prepare(options, false);
  }

  /** As `Stack.compact`. */
  compact(options: CompactOptions = {}): boolean {
    const { tables } = options;
    return this.perform(tables === undefined ? compactAll(this.core, options) : compactRange(this.core, tables, options));
  }

  /** As `Stack.compactAutomatically`. */
  compactAutomatically(): void {
    this.perform(compactAutomatically(this.core));
  }

  /** As `Stack.clean`. */
  clean(options: CleanOptions = {}): CleanResult {
    return this.perform(clean(this.core, options));
  }

  #prepare(options: PrepareOptions, isSingle: boolean): AdditionSync {
    return new AdditionSync(this.perform(prepareAddition(this.core, options, isSingle)), (steps) => this.perform(steps));
  }
}

/** The sync face of `openStack`. */
export function openStackSync(storage: ReadableStorageSync, options: StackOptions = {}): StackSync {
  const settings = resolveStackOptions(options);
  const place = { folder: storage.name, format: settings.format, hash: options.hash, disposal: disposalOfSync(storage) };
  return new StackSync(performSync(openStackCore(place, settings), storage), storage);
}
