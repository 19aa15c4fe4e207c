import { run, runSync, type Core } from '@reftable/io';
import { LogWriterCore, type WriterOptions } from './log-writer-core.js';
import type { Setsum } from './setsum.js';
import { performStorage, performStorageSync, type LogStorage, type LogStorageSync, type StorageRequest } from './storage.js';
import { WriteBatch } from './write-batch.js';

/**
 * Writes a new log. Appended batches are gathered: they are safe once a `sync` or the `seal` has returned. Calls are done one after another, in
 * the order they came in; where many callers want each to know when its batch is safe, take a `ConcurrentLogWriter`.
 *
 * After a failed write or sync the log is poisoned: every call fails (`LOG_POISONED`). What is in the storage then, recovery tells.
 */
export class LogWriter {
  readonly #storage: LogStorage;
  readonly #core: LogWriterCore;
  #last: Promise<unknown> = Promise.resolve();

  /** @param storage empty, and from now on the writer's alone @throws `LOG_EXISTS` (misuse) where it is not empty, `NUMBER_RANGE` (misuse) */
  constructor(storage: LogStorage, options: WriterOptions = {}) {
    this.#storage = storage;
    this.#core = new LogWriterCore(storage, options);
  }

  /** Bytes of the log, those included that are not written yet. */
  get size(): number {
    return this.#core.size;
  }

  /**
   * Appends a batch, which may be changed once this has returned.
   * @throws `BATCH_EMPTY` (misuse); `LOG_FULL` (misuse) where the log would grow beyond its limit: it is as before, and a smaller batch may still
   * go in; `LOG_WRITE`, `LOG_POISONED` (io); `LOG_SEALED` (misuse)
   */
  append(batch: WriteBatch): Promise<void> {
    return this.#run(() => this.#core.append(batch));
  }

  /** Appends a put as a batch of its own. @throws as {@link append} and `WriteBatch.put` */
  async put(key: string | Uint8Array, timestamp: number | bigint, value: string | Uint8Array): Promise<void> {
    const batch = new WriteBatch();
    batch.put(key, timestamp, value);
    await this.append(batch);
  }

  /** Appends a delete as a batch of its own. @throws as {@link append} and `WriteBatch.del` */
  async del(key: string | Uint8Array, timestamp: number | bigint): Promise<void> {
    const batch = new WriteBatch();
    batch.del(key, timestamp);
    await this.append(batch);
  }

  /** Hands all that was appended to the storage; readers see it then, but it is not safe. @throws `LOG_WRITE`, `LOG_POISONED` (io); `LOG_SEALED` (misuse) */
  flush(): Promise<void> {
    return this.#run(() => this.#core.flush());
  }

  /** Makes all that was appended last, whatever happens. @throws as {@link flush} */
  sync(): Promise<void> {
    return this.#run(() => this.#core.sync());
  }

  /** Makes it all last, and closes the log. @returns the setsum of all that was appended @throws as {@link flush} */
  seal(): Promise<Setsum> {
    return this.#run(() => this.#core.seal());
  }

  /** Frees the storage without sealing, as after a failure: what was not flushed is not in it. */
  close(): Promise<void> {
    return this.#run(() => this.#core.close());
  }

  /** Does a call after those that came before it, whatever became of them. */
  #run<T>(call: () => Core<T, StorageRequest>): Promise<T> {
    const done = this.#last.then(() => run(call(), (request) => performStorage(this.#storage, request)));
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** The sync face of {@link LogWriter}. */
export class LogWriterSync {
  readonly #storage: LogStorageSync;
  readonly #core: LogWriterCore;

  /** As {@link LogWriter}. */
  constructor(storage: LogStorageSync, options: WriterOptions = {}) {
    this.#storage = storage;
    this.#core = new LogWriterCore(storage, options);
  }

  /** As {@link LogWriter.size}. */
  get size(): number {
    return this.#core.size;
  }

  /** As {@link LogWriter.append}. */
  append(batch: WriteBatch): void {
    this.#run(this.#core.append(batch));
  }

  /** As {@link LogWriter.put}. */
  put(key: string | Uint8Array, timestamp: number | bigint, value: string | Uint8Array): void {
    const batch = new WriteBatch();
    batch.put(key, timestamp, value);
    this.append(batch);
  }

  /** As {@link LogWriter.del}. */
  del(key: string | Uint8Array, timestamp: number | bigint): void {
    const batch = new WriteBatch();
    batch.del(key, timestamp);
    this.append(batch);
  }

  /** As {@link LogWriter.flush}. */
  flush(): void {
    this.#run(this.#core.flush());
  }

  /** As {@link LogWriter.sync}. */
  sync(): void {
    this.#run(this.#core.sync());
  }

  /** As {@link LogWriter.seal}. */
  seal(): Setsum {
    return this.#run(this.#core.seal());
  }

  /** As {@link LogWriter.close}. */
  close(): void {
    this.#run(this.#core.close());
  }

  #run<T>(core: Core<T, StorageRequest>): T {
    return runSync(core, (request) => performStorageSync(this.#storage, request));
  }
}
