/// <reference lib="esnext.disposable" preserve="true" />
import type { Hash } from '@reftable/block';
import { Reader } from '@reftable/table';
import { disposalOf } from './disposal.js';
import { openState, ReadCore } from './read-core.js';
import { perform, type Steps } from './requests.js';
import { StackSnapshot } from './snapshot.js';
import type { StackTable } from './stack-table.js';
import type { ReadableStorage } from './storage.js';
import { readableReftable, type ReadableFormat } from './table-format.js';

/** What may end an operation before its time. */
export interface Abortable {
  /** Ends it where it waits, reads or writes, without a trace; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a stack is read. */
export interface StackReaderOptions {
  /** The repository's hash: what all tables must be of. Default: what the oldest table is of. */
  readonly hash?: Hash;
  /** What tables are made of. Default: Git's format. */
  readonly format?: ReadableFormat;
}

/**
 * A folder of tables as a database of refs and logs, as far as it is read: newer tables hide what they say again, and tombstones hide what is deleted.
 *
 * It reads what it knew of the list last: at first, and after `reload`. What was begun on an older state, a cursor or an iteration, goes on over that.
 * Others may write at the same time: this or another process, Git or JGit.
 */
export class StackReader extends Reader {
  declare protected readonly core: ReadCore;
  readonly #storage: ReadableStorage;

  /** Use {@link openStackReader}. */
  constructor(core: ReadCore, storage: ReadableStorage) {
    super(core);
    this.#storage = storage;
  }

  /** The stack's hash; undefined if there is neither a table to tell nor an option. */
  get hash(): Hash | undefined {
    return this.core.knownHash;
  }

  /** Its tables, oldest first. */
  get tables(): StackTable[] {
    return this.core.tables;
  }

  /**
   * Brings what is known of the list up to date; false if it was. Where nothing has changed, that costs one look at the list's file.
   * @throws as {@link openStackReader}; what was known then stays
   */
  reload(options: Abortable = {}): Promise<boolean> {
    return this.perform(this.core.reload(), options);
  }

  /** The stack as it is known now, readable until it is released. */
  snapshot(): StackSnapshot {
    return new StackSnapshot(this.core.state);
  }

  /** Lets go of everything but snapshots. To read it is a misuse then. */
  close(): void {
    this.core.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected perform<T>(steps: Steps<T>, { signal }: Abortable): Promise<T> {
    return perform(steps, this.#storage, signal);
  }
}

/**
 * Opens a stack to read it. One without a list is empty.
 * @throws `LIST_SIZE`, `LIST_UNFINISHED`, `LIST_NAME`, `LIST_DUPLICATE`, `TABLE_HASH`, a table's format error (format), `TABLE_MISSING` (not-found),
 *   `STACK_UNSETTLED` (outdated), whatever the storage throws
 */
export async function openStackReader(storage: ReadableStorage, options: StackReaderOptions & Abortable = {}): Promise<StackReader> {
  const { hash, format = readableReftable } = options;
  const place = { folder: storage.name, format, hash, disposal: disposalOf(storage) };
  return new StackReader(new ReadCore(place, await perform(openState(place), storage, options.signal)), storage);
}
