/* Finds one frame after another. What frames make a batch is not its affair. */
import { ReadRequest, type Core } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import { crc32c } from './crc32c.js';
import { boundaryAt, FrameHeader, MAX_HEADER_SIZE } from './frame.js';
import { LOG_FULL_SIZE, MAX_BATCH_SIZE } from './limits.js';
import { MessageReader } from './protobuf.js';
import { RefreshRequest, type LogSource, type LogSourceSync, type SourceRequest } from './source.js';

/** Bytes that are read at a time, unless a frame is larger: many frames are small. */
const WINDOW = 1 << 18;

/** How a log is read. */
export interface ReaderOptions {
  /**
   * `'crate'`: as the Rust crate does, which does not look at padding, nor at where a first part ends, and knows no limit of keys, values
   * and batches. Default: strictly.
   */
  readonly compat?: 'crate';
  /**
   * Whether the log may still be written to. Then what ends early is not there yet: the reader stops before it, and can go on later. Default
   * false: it is damage.
   */
  readonly live?: boolean;
}

/** Moves over the frames of a log, those of a batch's parts included. */
export class FrameReader {
  readonly source: LogSource | LogSourceSync;
  /** Where the next frame is looked for: past the one that it is at. */
  position = 0;
  /** Where the frame starts that it is at. */
  start = 0;
  discriminant = 0;
  /** The frame's body, which stays as it is. */
  body: Uint8Array = new Uint8Array(0);
  /** What is not there, where it can't go on: the frame as a whole, or more of it. */
  missing: 'frame' | 'header' | 'body' = 'frame';

  readonly #isStrict: boolean;
  readonly #isLive: boolean;
  readonly #message = new MessageReader();
  readonly #header = new FrameHeader();
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  /** Up to where bytes are needed to go on. */
  #wanted = 0;
  /** There is padding up to here. */
  #paddedTo = 0;

  constructor(source: LogSource | LogSourceSync, { compat, live = false }: ReaderOptions) {
    this.source = source;
    this.#isStrict = compat !== 'crate';
    this.#isLive = live;
  }

  /** Moves to the next frame as far as it is in memory; false: `load` goes on. @throws `FRAME_PADDING`, `FRAME_HEADER`, `MESSAGE`, `FRAME_SIZE`, `FRAME_CRC` (format) */
  next(): boolean {
    const start = this.#passPadding();
    if (start < 0) return false;
    const size = this.#at(start);
    if (size > MAX_HEADER_SIZE) throw this.damage('FRAME_HEADER', `header of ${size} bytes`, start);
    if (!this.#has(start, 1 + size, 'header')) return false;
    const headerAt = start + 1 - this.#windowStart;
    this.#message.open(this.#window, headerAt, headerAt + size, start, this.source.name);
    this.#header.read(this.#message);
    return this.#takeBody(start, start + 1 + size);
  }

  /** Reads what `next` needs to go on; false: it is not there. */
  *load(): Core<boolean, SourceRequest> {
    const { source, position } = this;
    if (this.#isLive && this.#wanted > source.size) yield new RefreshRequest(source);
    if (this.#wanted > source.size) return false;
    const length = Math.min(Math.max(this.#wanted - position, WINDOW), source.size - position);
    const request = new ReadRequest(source, position, length);
    yield request;
    this.#window = request.bytes;
    this.#windowStart = position;
    return true;
  }

  /** Passes over what comes before the next block boundary, which must be no more than padding may be. @throws `FRAME_PADDING` (format) */
  pad(): void {
    this.#padFrom(this.position);
    if (!this.#isStrict) this.position = this.#paddedTo;
  }

  damage(code: string, what: string, offset: number): ReftableError {
    return new ReftableError('format', code, what, { offset, file: this.source.name });
  }

  /** Where the next frame starts, past the padding before it; -1 where that is not in memory. */
  #passPadding(): number {
    const { position } = this;
    if (this.#paddedTo <= position) {
      if (!this.#has(position, 1, 'frame')) return -1;
      if (this.#at(position) !== 0) return position;
      this.#padFrom(position + 1);
    }
    const boundary = this.#paddedTo;
    if (this.#isStrict) {
      const end = Math.min(boundary, this.source.size);
      if (!this.#has(position, end - position, 'frame')) return -1;
      for (let at = position; at < end; at++) if (this.#at(at) !== 0) throw this.damage('FRAME_PADDING', 'padding that is not zero', at);
    }
    if (!this.#has(boundary, 1, 'frame')) return -1;
    if (this.#at(boundary) === 0) throw this.damage('FRAME_PADDING', 'padding where a block starts', boundary);
    return boundary;
  }

  #padFrom(offset: number): void {
    const boundary = boundaryAt(offset);
    if (boundary - offset > MAX_HEADER_SIZE) throw this.damage('FRAME_PADDING', 'zeros, or a first part, too far from the end of the block', this.position);
    this.#paddedTo = boundary;
  }

  #takeBody(start: number, bodyStart: number): boolean {
    const { size, discriminant, crc32c: expected } = this.#header;
    if (size > (this.#isStrict ? MAX_BATCH_SIZE : LOG_FULL_SIZE)) throw this.damage('FRAME_SIZE', `frame with a body of ${size} bytes`, start);
    if (!this.#has(bodyStart, size, 'body')) return false;
    const at = bodyStart - this.#windowStart;
    const body = this.#window.subarray(at, at + size);
    if (crc32c(body) !== expected) throw this.damage('FRAME_CRC', 'frame that fails its checksum', start);
    this.start = start;
    this.discriminant = discriminant;
    this.body = body;
    this.position = bodyStart + size;
    return true;
  }

  #at(offset: number): number {
    return this.#window[offset - this.#windowStart]!;
  }

  #has(offset: number, length: number, what: 'frame' | 'header' | 'body'): boolean {
    const end = this.#windowStart + this.#window.length;
    if (offset >= this.#windowStart && offset + length <= end) return true;
    this.#wanted = offset + length;
    this.missing = what;
    return false;
  }
}
