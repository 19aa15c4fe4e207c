/* A log as entries: puts the parts of batches together and moves over what is in them. */
import type { Core } from '@reftable/io';
import type { ReftableError } from '@reftable/varint';
import { EntryReader } from './entry.js';
import { FIRST, firstPartSize, roomAt, SECOND, WHOLE } from './frame.js';
import { FrameReader, type ReaderOptions } from './frame-reader.js';
import { MAX_BATCH_SIZE } from './limits.js';
import type { LogSource, LogSourceSync, SourceRequest } from './source.js';

/** Moves over the entries of a log. Holds one batch and what was read with it. */
export class LogCore {
  /** Just past the last batch that it came to. */
  end = 0;
  /** Just past the last frame that is of a batch, or of the first part of one. */
  partEnd = 0;
  /** How many batches it came to. */
  batches = 0;
  readonly entries: EntryReader;
  readonly frames: FrameReader;

  readonly #isStrict: boolean;
  readonly #isLive: boolean;
  #first: Uint8Array | undefined;
  #start = 0;
  #failure: ReftableError | undefined;

  constructor(source: LogSource | LogSourceSync, options: ReaderOptions) {
    this.frames = new FrameReader(source, options);
    this.#isStrict = options.compat !== 'crate';
    this.#isLive = options.live ?? false;
    this.entries = new EntryReader(this.#isStrict, source.name);
  }

  /** Where the batch starts that it is at, or of which it has the first part. */
  get start(): number {
    return this.#start;
  }

  /** Whether it has the first part of a batch, and not yet the second. */
  get isInside(): boolean {
    return this.#first !== undefined;
  }

  /** Moves to the next entry as far as it is in memory; false: `load` goes on. Damage is final: whoever goes on meets it again. @throws format errors */
  next(): boolean {
    this.#check();
    try {
      return this.#next();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Reads what is needed and moves to the next entry; false: there is none. @throws as `next`; `LOG_TRUNCATED` (format) unless the log is live */
  *load(): Core<boolean, SourceRequest> {
    while (!this.next()) {
      if (yield* this.frames.load()) continue;
      this.#requireEnd();
      return false;
    }
    return true;
  }

  /** Moves to the next entry of the batch that it is at; false: it has no more. @throws as `next` */
  nextInBatch(): boolean {
    this.#check();
    try {
      return this.entries.next();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Moves to the next batch, before its first entry, as far as it is in memory; false: `loadBatch` goes on. @throws as `next` */
  nextBatch(): boolean {
    this.#check();
    try {
      return this.#nextBatch();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Reads what is needed and moves to the next batch; false: there is none. @throws as `load` */
  *loadBatch(): Core<boolean, SourceRequest> {
    while (!this.nextBatch()) {
      if (yield* this.frames.load()) continue;
      this.#requireEnd();
      return false;
    }
    return true;
  }

  #next(): boolean {
    do if (this.entries.next()) return true;
    while (this.#nextBatch());
    return false;
  }

  #nextBatch(): boolean {
    while (this.frames.next()) if (this.#takeFrame()) return true;
    return false;
  }

  /** Takes a frame; true: it completes a batch. */
  #takeFrame(): boolean {
    const { frames } = this;
    const { discriminant, body, start } = frames;
    const first = this.#first;
    if (discriminant !== (first === undefined ? WHOLE : SECOND)) {
      if (first !== undefined || discriminant !== FIRST) throw this.#wrongFrame(discriminant, first !== undefined);
      this.#takeFirst(body, start);
      return false;
    }
    if (first === undefined) this.#start = start;
    this.#first = undefined;
    this.#open(first === undefined ? body : join(first, body));
    return true;
  }

  #takeFirst(body: Uint8Array, start: number): void {
    // A writer parts a batch in one way only.
    if (this.#isStrict && body.length !== firstPartSize(roomAt(start))) {
      throw this.frames.damage('FRAME_PADDING', 'first part that does not end where it must', start);
    }
    this.#start = start;
    this.#first = body;
    this.partEnd = this.frames.position;
    this.frames.pad();
  }

  #open(body: Uint8Array): void {
    const { length } = body;
    if (length === 0) throw this.frames.damage('BATCH_EMPTY', 'batch without entries', this.#start);
    if (this.#isStrict && length > MAX_BATCH_SIZE) throw this.frames.damage('FRAME_SIZE', `batch of ${length} bytes`, this.#start);
    this.end = this.partEnd = this.frames.position;
    this.batches++;
    this.entries.open(body, 0, length, this.#start);
  }

  /** Where no more is to be had: refuses what is no sound end, unless it may yet be made one. */
  #requireEnd(): void {
    const { missing, position } = this.frames;
    const hasFirst = this.#first !== undefined;
    if (this.#isLive || (missing === 'frame' && !hasFirst)) return;
    const what = !hasFirst ? `a frame's ${missing}` : missing === 'frame' ? 'a batch, whose second part is missing' : `a second part's ${missing}`;
    throw this.#fail(this.frames.damage('LOG_TRUNCATED', `log that ends inside ${what}`, hasFirst ? this.#start : position));
  }

  #wrongFrame(discriminant: number, isInside: boolean): ReftableError {
    const what = isInside ? 'where a second part must be' : 'where a batch must start';
    return this.frames.damage('FRAME_DISCRIMINANT', `frame with discriminant ${discriminant} ${what}`, this.frames.start);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: unknown): ReftableError {
    this.#failure = error as ReftableError;
    return this.#failure;
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
