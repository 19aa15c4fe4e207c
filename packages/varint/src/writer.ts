import { putU16, putU24, putU32, putU64 } from './fixed.js';
import { checkNumber, checkU64, putVarint } from './varint.js';

/** Bytes of the longest varint. */
const MAX_VARINT_LENGTH = 10;

const encoder = new TextEncoder();

/** Writes numbers and bytes one after another into a buffer that grows as needed. The mirror image of `ByteReader`. */
export class ByteWriter {
  /** The buffer; only its first `length` bytes are written. It is replaced when it grows. */
  buffer: Uint8Array;
  /** Bytes written so far. Set it lower to take back what was written since. */
  length = 0;

  constructor(capacity = 64) {
    this.buffer = new Uint8Array(capacity);
  }

  /** A view of what was written. The next write may put it out of date: copy what is to last. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** @throws `NUMBER_RANGE` beyond 2^8-1 */
  u8(value: number): void {
    const start = this.#fixed(value, 1);
    this.buffer[start] = value;
  }
  /** @throws `NUMBER_RANGE` beyond 2^16-1 */
  u16(value: number): void {
    const start = this.#fixed(value, 2);
    putU16(this.buffer, start, value);
  }
  /** @throws `NUMBER_RANGE` beyond 2^24-1 */
  u24(value: number): void {
    const start = this.#fixed(value, 3);
    putU24(this.buffer, start, value);
  }
  /** @throws `NUMBER_RANGE` beyond 2^32-1 */
  u32(value: number): void {
    const start = this.#fixed(value, 4);
    putU32(this.buffer, start, value);
  }
  /** @throws `NUMBER_RANGE` beyond 2^64-1, or for a number beyond 2^53-1 */
  u64(value: number | bigint): void {
    checkU64(value);
    const start = this.reserve(8);
    putU64(this.buffer, start, value);
  }
  /** @throws `NUMBER_RANGE` beyond 2^64-1, or for a number beyond 2^53-1 */
  varint(value: number | bigint): void {
    // Most numbers in a table take one byte.
    if (typeof value === 'number' && (value & 127) === value) {
      const start = this.reserve(1);
      this.buffer[start] = value;
      return;
    }
    const start = this.reserve(MAX_VARINT_LENGTH);
    this.length = start;
    this.length = putVarint(this.buffer, start, value);
  }
  /** Writes the UTF-8 bytes of a string (of a lone surrogate, those of U+FFFD), or bytes as they are. */
  text(text: string | Uint8Array): void {
    if (typeof text !== 'string') {
      this.bytes(text);
      return;
    }
    // For short plain text, this is several times faster than an encoder.
    const start = this.reserve(text.length);
    const { buffer } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.length = start;
        this.bytes(encoder.encode(text));
        return;
      }
      buffer[start + index] = code;
    }
  }
  /** Writes a copy of `bytes`. */
  bytes(bytes: Uint8Array): void {
    const start = this.reserve(bytes.length);
    this.buffer.set(bytes, start);
  }

  /**
   * Makes room for `count` more bytes, counts them as written and returns where they start. The caller fills them in,
   * in the `buffer` there is *after* the call: it may be a new one.
   */
  reserve(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.length, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, start));
      this.buffer = grown;
    }
    return start;
  }

  /** Makes room for a number that must fit into so many bytes. */
  #fixed(value: number, width: number): number {
    checkNumber(value, 2 ** (8 * width) - 1);
    return this.reserve(width);
  }
}
