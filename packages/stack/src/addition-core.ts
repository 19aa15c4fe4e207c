import { MAX_U64, ReftableError } from '@reftable/varint';
import { compactAutomatically, removeTables } from './compaction.js';
import { mergeWithNewest, type EarlyMerge } from './early-compaction.js';
import { takeLock } from './lock.js';
import { writeMerged } from './merged-write.js';
import { publish } from './publish.js';
import { ask, tidy, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import type { ListedTable } from './stack-state.js';
import type { NewFile } from './storage.js';
import { TableFile } from './table-file.js';
import { LIST_NAME } from './table-name.js';
import { Transaction, type SortedChanges } from './transaction.js';

/** How an addition is begun. */
export interface PrepareOptions {
  /** What is done where the list has changed since it was looked at: it is read again, or `STACK_OUTDATED` thrown. Default `reload`. */
  readonly whenChanged?: 'reload' | 'fail';
}

/** Tables that are added to a stack together, or not at all, while its list is locked. */
export class AdditionCore {
  readonly #stack: StackCore;
  readonly #lock: NewFile;
  readonly #isSingle: boolean;
  readonly #files: TableFile[] = [];
  /** Whether the file that there is takes the place of all tables. */
  #isMerged = false;
  #next: bigint;
  #isOpen = true;
  /** What the table holds that is being filled or written. */
  #transaction: Transaction | undefined;

  /** @param isSingle whether it will be one table */
  constructor(stack: StackCore, lock: NewFile, isSingle: boolean) {
    this.#stack = stack;
    this.#lock = lock;
    this.#isSingle = isSingle;
    const { tables } = stack.state;
    this.#next = (tables.at(-1)?.core.maxUpdateIndex ?? 0n) + 1n;
  }

  /**
   * What the next table is to hold, to be filled. Until {@link end}, no other is begun: its update index depends on this one's.
   * @throws `ADDITION_ENDED`, `ADDITION_BUSY` (misuse), `UPDATE_INDEX_EXHAUSTED` (unsupported: there is none beyond 2^64-1)
   */
  begin(): Transaction {
    this.#checkFree();
    if (this.#next > MAX_U64) {
      throw new ReftableError('unsupported', 'UPDATE_INDEX_EXHAUSTED', 'no update index is left', { file: this.#stack.place.folder });
    }
    return (this.#transaction = new Transaction(this.#next));
  }

  /** The table that was begun is written, or there will be none. */
  end(): void {
    this.#transaction?.end();
    this.#transaction = undefined;
  }

  /**
   * Writes another table, which nobody sees before the commit. Without a record there will be none.
   * @throws what the table's writer throws, what the storage throws. Nothing is left of the table then.
   */
  *addTable(transaction: Transaction): Steps<void> {
    this.#checkOpen();
    transaction.end();
    const changes = transaction.sorted();
    const merged = this.#isSingle ? yield* writeMerged(this.#stack, changes) : undefined;
    const file = merged ?? (yield* writeTable(this.#stack, changes));
    if (file === undefined) return;
    try {
      // Meanwhile it may have been aborted.
      this.#checkOpen();
    } catch (error) {
      yield* tidy(file.discard());
      throw error;
    }
    this.#isMerged = merged !== undefined;
    this.#files.push(file);
    this.#next = changes.maxUpdateIndex + 1n;
  }

  /**
   * Lists the tables, and so ends the addition. Afterwards compacts, where there is reason to; that this fails is no failure of the commit.
   * @throws `ADDITION_ENDED`, `ADDITION_BUSY` (misuse), as {@link publish}
   */
  *commit(): Steps<void> {
    this.#checkFree();
    this.#isOpen = false;
    if (this.#files.length === 0) {
      yield* ask('discard', this.#lock);
      return;
    }
    const isAutomatic = this.#stack.settings.autoCompaction;
    let tables: readonly ListedTable[];
    let names: readonly string[];
    let merged: EarlyMerge | undefined;
    try {
      const { state } = this.#stack;
      tables = state.tables;
      names = state.list.names;
      if (this.#isMerged) merged = { first: 0, files: this.#files };
      else if (isAutomatic) merged = yield* mergeWithNewest(this.#stack, this.#files);
    } catch (error) {
      yield* tidy(this.#withdraw());
      throw error;
    }
    if (merged !== undefined) {
      const kept = tables.slice(0, merged.first);
      yield* publish(this.#stack, this.#lock, names, merged.files, (added) => [...kept, ...added]);
      yield* removeTables(tables.slice(merged.first));
      return;
    }
    yield* publish(this.#stack, this.#lock, names, this.#files, (added) => [...tables, ...added]);
    if (isAutomatic) yield* compactAutomatically(this.#stack);
  }

  /** Ends the addition without a trace; does nothing if it has ended. */
  *abort(): Steps<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    yield* this.#withdraw();
  }

  *#withdraw(): Steps<void> {
    for (const file of this.#files) yield* tidy(file.discard());
    yield* ask('discard', this.#lock);
  }

  #checkFree(): void {
    this.#checkOpen();
    if (this.#transaction !== undefined) throw new ReftableError('misuse', 'ADDITION_BUSY', 'a table of this addition is not written yet: await its addTable');
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw new ReftableError('misuse', 'ADDITION_ENDED', 'addition has ended');
  }
}

/** Writes the table of a transaction; none if there is no record. Nothing is left of it if it throws. */
function* writeTable(stack: StackCore, { refs, logs, minUpdateIndex, maxUpdateIndex }: SortedChanges): Steps<TableFile | undefined> {
  const { hash, settings } = stack;
  const file = new TableFile(stack, { ...settings.layout, hash, minUpdateIndex, maxUpdateIndex });
  if (refs.length + logs.length === 0) return undefined;
  const { writer } = file;
  try {
    for (const { ref, refIndex } of refs) {
      writer.addRef(ref, refIndex);
      if (file.isFull) yield* file.flush();
    }
    yield* file.endRefs();
    for (const { log, logIndex } of logs) {
      writer.addLog(log, logIndex);
      if (file.isFull) yield* file.flush();
    }
    yield* file.finish();
    return file;
  } catch (error) {
    yield* tidy(file.discard());
    throw error;
  }
}

/**
 * Locks the list and sees to it that its newest state is known: the first half of every write.
 * @param isSingle whether the addition will be one table
 * @throws `LOCK_HELD` (locked), `STACK_OUTDATED` (outdated), as {@link StackCore.reload}, what the storage throws; the lock is free then
 */
export function* prepareAddition(stack: StackCore, { whenChanged = 'reload' }: PrepareOptions, isSingle: boolean): Steps<AdditionCore> {
  const lock = yield* lockFresh(stack, whenChanged);
  return new AdditionCore(stack, lock, isSingle);
}

function* lockFresh(stack: StackCore, whenChanged: 'reload' | 'fail'): Steps<NewFile> {
  const { folder } = stack.place;
  const lock = yield* takeLock(folder, LIST_NAME, stack.settings.lockTimeout);
  try {
    if (whenChanged === 'reload') yield* stack.reload();
    else if (!(yield* stack.isCurrent())) {
      throw new ReftableError('outdated', 'STACK_OUTDATED', 'list has changed', { file: `${folder}/${LIST_NAME}` });
    }
  } catch (error) {
    yield* tidy(ask('discard', lock));
    throw error;
  }
  return lock;
}
