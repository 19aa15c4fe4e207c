import { ReftableError } from './errors.js';
import { getBigU64, getU16, getU24, getU32, getU64 } from './fixed.js';
import { decodeBigVarint, decodeVarint, varintLength } from './varint.js';

/** Reads numbers and bytes one after another from a range of a `Uint8Array`, and never past its end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Where the next read starts. */
  offset: number;
  /** The reader's bound: nothing at or past this offset is read. */
  readonly end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = Math.min(end, bytes.length);
  }

  /** Bytes left. */
  get left(): number {
    return this.end - this.offset;
  }

  /** @throws `INPUT_TRUNCATED` here and in each method below but the varints, where fewer bytes are left; the offset stays then */
  u8(): number {
    return this.bytes[this.#take(1)]!;
  }
  /** Big-endian, as all integers here. */
  u16(): number {
    return getU16(this.bytes, this.#take(2));
  }
  /** 3 bytes. */
  u24(): number {
    return getU24(this.bytes, this.#take(3));
  }
  /** 4 bytes. */
  u32(): number {
    return getU32(this.bytes, this.#take(4));
  }
  /** 8 bytes. @throws `NUMBER_UNSAFE` beyond 2^53-1 */
  u64(): number {
    return getU64(this.bytes, this.#take(8));
  }
  /** All 64 bits. */
  bigU64(): bigint {
    return getBigU64(this.bytes, this.#take(8));
  }
  /** @throws `VARINT_TRUNCATED`, `VARINT_OVERFLOW`, `NUMBER_UNSAFE` */
  varint(): number {
    const value = decodeVarint(this.bytes, this.offset, this.end);
    this.offset += varintLength(value);
    return value;
  }
  /** @throws `VARINT_TRUNCATED`, `VARINT_OVERFLOW` */
  bigVarint(): bigint {
    const value = decodeBigVarint(this.bytes, this.offset, this.end);
    this.offset += varintLength(value);
    return value;
  }
  /** A view of the next `length` bytes, not a copy. @throws `INPUT_TRUNCATED` */
  view(length: number): Uint8Array {
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  #take(length: number): number {
    const start = this.offset;
    if (!(length >= 0 && length <= this.end - start)) {
      throw new ReftableError('format', 'INPUT_TRUNCATED', `input ends before ${length} more bytes`, { offset: start });
    }
    this.offset = start + length;
    return start;
  }
}
