/* Puts batches into frames, and frames into blocks: the mirror image of frame-reader.ts and log-core.ts. */
import type { Core } from '@reftable/io';
import { checkNumber, ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { FIRST, firstPartSize, headerSize, putFrame, roomAt, SECOND, WHOLE } from './frame.js';
import { DEFAULT_ROLLOVER_SIZE, LOG_FULL_SIZE } from './limits.js';
import { notWritten } from './not-written.js';
import { Setsum } from './setsum.js';
import { WriteRequest, type LogStorage, type LogStorageSync, type StorageRequest } from './storage.js';
import type { WriteBatch } from './write-batch.js';

/** Bytes that are gathered before they are written, unless a flush comes first. */
const GATHERED = 1 << 16;

/** How a log is written. */
export interface WriterOptions {
  /**
   * The size, in bytes, that a log is not to go beyond: an append that would take it further is refused, and a new log is due. A batch that is
   * parted may still go beyond by the header of its second part. Default 2^30, which is never reached: no log grows to 2^30 - 2^26.
   */
  readonly rolloverSize?: number;
}

/** Appends batches to a log. Requests are answered one after another, and nothing else is asked of the core meanwhile. */
export class LogWriterCore {
  readonly #name: string | undefined;
  readonly #rolloverSize: number;
  readonly #out = new ByteWriter(GATHERED);
  readonly #setsum = new Setsum();
  #size = 0;
  #failure: ReftableError | undefined;
  #isSealed = false;

  /** @param storage where it is going to be @throws `NUMBER_RANGE`, `LOG_EXISTS` (misuse) */
  constructor({ name, size = 0 }: LogStorage | LogStorageSync, { rolloverSize = DEFAULT_ROLLOVER_SIZE }: WriterOptions) {
    checkNumber(rolloverSize, Number.MAX_SAFE_INTEGER);
    // Blocks are counted from the start of the log, and its setsum is that of all that is in it.
    if (size > 0) throw new ReftableError('misuse', 'LOG_EXISTS', `has ${size} bytes already: a log is written once, and not gone on with`, { file: name });
    this.#name = name;
    this.#rolloverSize = rolloverSize;
  }

  /** Bytes of the log, those included that are not written yet. */
  get size(): number {
    return this.#size;
  }

  /** The setsum of all that was appended: a copy. */
  get setsum(): Setsum {
    return this.#setsum.clone();
  }

  /** Whether a batch of so many bytes would be taken, as far as the size of the log goes. */
  fits(batchSize: number): boolean {
    const whole = headerSize(batchSize) + batchSize;
    const room = roomAt(this.#size);
    const isPadded = whole > room && firstPartSize(room) === 0;
    return this.#limitPassed(this.#size + whole + (isPadded ? room : 0)) === undefined;
  }

  /** Appends a batch; it is in the storage after a flush, and safe after a sync. @throws `BATCH_EMPTY`, `LOG_FULL` (misuse; the log is as before, and can be used), and as `sync` */
  *append(batch: WriteBatch): Core<void, StorageRequest> {
    this.#requireUsable();
    if (batch.size === 0) throw new ReftableError('misuse', 'BATCH_EMPTY', 'a batch without entries', { file: this.#name });
    this.#putBatch(batch.body);
    this.#setsum.add(batch.setsum);
    if (this.#out.length >= GATHERED) yield* this.flush();
  }

  /** Hands to the storage what is gathered. @throws as `sync` */
  *flush(): Core<void, StorageRequest> {
    this.#requireUsable();
    if (this.#out.length === 0) return;
    const bytes = this.#out.view();
    this.#out.length = 0;
    yield* this.#perform(new WriteRequest(bytes), 'written');
  }

  /** Makes all that was appended last. @throws `LOG_WRITE` (io) where that fails, `LOG_POISONED` (io) ever after; `LOG_SEALED` (misuse) */
  *sync(): Core<void, StorageRequest> {
    yield* this.flush();
    yield* this.#perform('sync', 'synced');
  }

  /** Syncs, and closes the storage: the log is finished. @returns the setsum of all that was appended @throws as `sync` */
  *seal(): Core<Setsum, StorageRequest> {
    yield* this.sync();
    yield* this.#perform('close', 'closed');
    this.#isSealed = true;
    return this.setsum;
  }

  /** Closes the storage, whatever state the log is in. What was not flushed is not in it. */
  *close(): Core<void, StorageRequest> {
    this.#isSealed = true;
    yield 'close';
  }

  #putBatch(body: Uint8Array): void {
    const out = this.#out;
    const before = out.length;
    const whole = headerSize(body.length) + body.length;
    this.#requireRoom(whole);
    if (whole <= roomAt(this.#size)) putFrame(out, WHOLE, body);
    else if (firstPartSize(roomAt(this.#size)) > 0) this.#putParts(body);
    else {
      out.bytes(new Uint8Array(roomAt(this.#size)));
      this.#size += roomAt(this.#size);
      // In the next block it may be parted, or too much after all.
      this.#putBatch(body);
      return;
    }
    this.#size += out.length - before;
  }

  #putParts(body: Uint8Array): void {
    const out = this.#out;
    const before = out.length;
    const room = roomAt(this.#size);
    const split = firstPartSize(room);
    putFrame(out, FIRST, body.subarray(0, split));
    out.bytes(new Uint8Array(room - (out.length - before)));
    putFrame(out, SECOND, body.subarray(split));
  }

  #requireRoom(added: number): void {
    const size = this.#size + added;
    const limit = this.#limitPassed(size);
    if (limit !== undefined) throw new ReftableError('misuse', 'LOG_FULL', `the log would have ${size} bytes, where ${limit} is the limit`, { file: this.#name });
  }

  /** The limit that a log of so many bytes would pass. */
  #limitPassed(size: number): number | undefined {
    if (size >= LOG_FULL_SIZE) return LOG_FULL_SIZE;
    return size > this.#rolloverSize ? this.#rolloverSize : undefined;
  }

  #requireUsable(): void {
    if (this.#failure !== undefined) {
      throw new ReftableError('io', 'LOG_POISONED', 'an earlier write or sync failed, and nothing is known of what is in the log', { file: this.#name, cause: this.#failure });
    }
    if (this.#isSealed) throw new ReftableError('misuse', 'LOG_SEALED', 'the log is sealed or closed', { file: this.#name });
  }

  /** After a failure nobody knows what reached the storage, and a second sync may succeed without it: so there is none. */
  *#perform(request: StorageRequest, done: string): Core<void, StorageRequest> {
    try {
      yield request;
    } catch (cause) {
      this.#failure = notWritten(this.#name, done, cause);
      throw this.#failure;
    }
  }
}
