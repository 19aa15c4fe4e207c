import { run, type Core } from '@reftable/io';
import { LogWriterCore, type WriterOptions } from './log-writer-core.js';
import { MAX_BATCH_SIZE } from './limits.js';
import type { Setsum } from './setsum.js';
import { performStorage, type LogStorage, type StorageRequest } from './storage.js';
import { WriteBatch } from './write-batch.js';

/** What a `ConcurrentLogWriter` did so far. */
export interface LogStatistics {
  /** Batches that were appended and are safe. */
  readonly batches: number;
  /** Entries in them. */
  readonly entries: number;
  /** Batches as they are in the log: several that waited together are one there. */
  readonly groups: number;
  /** How often the storage was synced. */
  readonly syncs: number;
  /** The most batches that were ever put together. */
  readonly largestGroup: number;
  /** How large groups are: at index n, how many had from 2^n to 2^(n+1)-1 batches. */
  readonly groupSizes: readonly number[];
}

/** A call that waits to be done. */
interface Waiting {
  /** A batch to append and sync, or what else is wanted. */
  readonly want: WriteBatch | 'sync' | 'seal' | 'close';
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes a new log for many callers at once: each is answered when its batch is safe. While one group of batches is written and synced, others
 * gather; they are then written as one frame, with one sync for all. Each batch is whole in the log, and batches are in the order of the calls.
 *
 * After a failed write or sync the log is poisoned: all that wait and all that come later fail (`LOG_WRITE`, `LOG_POISONED`), for nobody knows
 * what is in the storage. What is there, recovery tells.
 */
export class ConcurrentLogWriter {
  readonly #storage: LogStorage;
  readonly #core: LogWriterCore;
  #waiting: Waiting[] = [];
  #isWriting = false;
  readonly #counts = { batches: 0, entries: 0, groups: 0, syncs: 0, largestGroup: 0 };
  readonly #groupSizes: number[] = [];

  /** @param storage empty, and from now on the writer's alone @throws `LOG_EXISTS` (misuse) where it is not empty, `NUMBER_RANGE` (misuse) */
  constructor(storage: LogStorage, options: WriterOptions = {}) {
    this.#storage = storage;
    this.#core = new LogWriterCore(storage, options);
  }

  /** Bytes of the log. */
  get size(): number {
    return this.#core.size;
  }

  /** What was done so far. */
  get statistics(): LogStatistics {
    return { ...this.#counts, groupSizes: [...this.#groupSizes] };
  }

  /**
   * Appends a batch, as it is now, and returns once it is safe.
   * @throws `BATCH_EMPTY` (misuse); `LOG_FULL` (misuse) where the log would grow beyond its limit: this batch is not in it, others may still go in;
   * `LOG_WRITE`, `LOG_POISONED` (io); `LOG_SEALED` (misuse)
   */
  append(batch: WriteBatch): Promise<void> {
    return this.#wait(batch.clone());
  }

  /** Appends a put as a batch of its own. @throws as {@link append} and `WriteBatch.put` */
  async put(key: string | Uint8Array, timestamp: number | bigint, value: string | Uint8Array): Promise<void> {
    const batch = new WriteBatch();
    batch.put(key, timestamp, value);
    await this.#wait(batch);
  }

  /** Appends a delete as a batch of its own. @throws as {@link append} and `WriteBatch.del` */
  async del(key: string | Uint8Array, timestamp: number | bigint): Promise<void> {
    const batch = new WriteBatch();
    batch.del(key, timestamp);
    await this.#wait(batch);
  }

  /** Syncs the storage, whether or not there is anything new in it. @throws `LOG_WRITE`, `LOG_POISONED` (io); `LOG_SEALED` (misuse) */
  fsync(): Promise<void> {
    return this.#wait('sync');
  }

  /** Closes the log once all that wait are answered; what is called from now on fails. @returns the setsum of all that was appended @throws as {@link fsync} */
  async seal(): Promise<Setsum> {
    await this.#wait('seal');
    return this.#core.setsum;
  }

  /** Frees the storage without sealing, as after a failure, once all that wait are answered. */
  close(): Promise<void> {
    return this.#wait('close');
  }

  #wait(want: Waiting['want']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ want, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** Writes group after group until nobody waits. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // Those that call in the same turn are in the first group together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeGroup();
    this.#isWriting = false;
  }

  /** Does what the first of those that wait wants, for as many behind it as can have it together, and answers them. */
  async #writeGroup(): Promise<void> {
    const { group, batch } = this.#takeGroup();
    try {
      const [{ want }] = group;
      if (want === 'seal' || want === 'close') await this.#run<unknown>(this.#core[want]());
      else {
        if (batch !== undefined) await this.#run(this.#core.append(batch));
        await this.#run(this.#core.sync());
        this.#count(group, batch);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  #takeGroup(): { group: [Waiting, ...Waiting[]]; batch: WriteBatch | undefined } {
    const [first, ...rest] = this.#waiting as [Waiting, ...Waiting[]];
    let batch = first.want instanceof WriteBatch ? first.want : undefined;
    let taken = 0;
    // What the log refuses, it must refuse to one caller alone.
    if (first.want === 'sync' || (batch !== undefined && this.#isTaken(batch.size))) {
      for (const { want } of rest) {
        if (want instanceof WriteBatch) {
          if (want.size === 0 || !this.#isTaken((batch?.size ?? 0) + want.size)) break;
          // Each was copied when it came in, and is the group's to add to.
          if (batch === undefined) batch = want;
          else batch.merge(want);
        } else if (want !== 'sync') break;
        taken++;
      }
    }
    this.#waiting = rest.slice(taken);
    return { group: [first, ...rest.slice(0, taken)], batch };
  }

  #isTaken(batchSize: number): boolean {
    return batchSize > 0 && batchSize <= MAX_BATCH_SIZE && this.#core.fits(batchSize);
  }

  #count(group: readonly Waiting[], batch: WriteBatch | undefined): void {
    const counts = this.#counts;
    counts.syncs++;
    if (batch === undefined) return;
    const size = group.filter(({ want }) => want instanceof WriteBatch).length;
    counts.batches += size;
    counts.entries += batch.count;
    counts.groups++;
    counts.largestGroup = Math.max(counts.largestGroup, size);
    const index = Math.floor(Math.log2(size));
    while (this.#groupSizes.length <= index) this.#groupSizes.push(0);
    this.#groupSizes[index]!++;
  }

  #run<T>(core: Core<T, StorageRequest>): Promise<T> {
    return run(core, (request) => performStorage(this.#storage, request));
  }
}
