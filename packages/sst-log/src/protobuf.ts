/*
 * As much of protobuf's encoding as a log has: fields, each a tag (a varint: field number * 8 + wire type) and a value. A varint here has the
 * *lowest* 7 bits first and each byte but the last with its top bit set; it has nothing in common with Git's. SPEC.md, "Messages".
 *
 * A varint of 64 bits is two numbers of 32 bits: a bigint for each would cost more than all the rest.
 */
import type { ByteWriter } from '@reftable/varint/bytes';
import { ReftableError } from '@reftable/varint';

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Bytes of the longest varint. */
export const MAX_VARINT_SIZE = 10;

const TWO_32 = 2 ** 32;

/** The upper 32 bits of a whole number below 2^64. */
export function highOf(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(value >> 32n) : Math.floor(value / TWO_32);
}

/** Its lower 32 bits. */
export function lowOf(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(value & 0xffff_ffffn) : value >>> 0;
}

/** Bytes of the varint of a number of two halves. */
export function varintSize(low: number, high = 0): number {
  let size = 1;
  if (high === 0) for (let rest = low >>> 7; rest > 0; rest >>>= 7) size++;
  // Four groups of the lower half; the fifth has 4 bits of it and 3 of the upper.
  else for (size = 5, high >>>= 3; high > 0; high >>>= 7) size++;
  return size;
}

/** Writes the varint of a number of two halves. */
export function putVarint(out: ByteWriter, low: number, high = 0): void {
  const size = varintSize(low, high);
  const start = out.reserve(size);
  const { buffer } = out;
  for (let index = 0; index < size; index++) {
    buffer[start + index] = (low & 127) | (index < size - 1 ? 128 : 0);
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
}

/** Writes 4 bytes, the lowest first. */
export function putFixed32(out: ByteWriter, value: number): void {
  const start = out.reserve(4);
  for (let index = 0; index < 4; index++) out.buffer[start + index] = value >>> (8 * index);
}

/** Bytes of a length-delimited value: its length and itself. */
export function delimitedSize(length: number): number {
  return varintSize(length) + length;
}

/** Writes a length-delimited value. */
export function putDelimited(out: ByteWriter, bytes: Uint8Array): void {
  putVarint(out, bytes.length);
  out.bytes(bytes);
}

/**
 * Moves over the fields of a message. Which of them are known, and what the others mean, is for the caller to say: fields may come in any order,
 * and those that nobody knows are passed over.
 */
export class MessageReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the next field starts. */
  offset = 0;
  end = 0;
  /** The field's number and wire type. */
  tag = 0;
  /** The value of a varint or a fixed 32-bit field, or its lower half. */
  low = 0;
  /** The upper half of a varint's value. */
  high = 0;
  /** Where a length-delimited value starts; it ends at `offset`. */
  start = 0;

  /** Whether the field's varint, or its length, is as short as can be. */
  #isMinimal = true;
  #frameOffset = 0;
  #file: string | undefined;

  /**
   * Goes before the first field of the message from `start` to `end`.
   * @param frameOffset of the frame that the message is in, for errors
   */
  open(bytes: Uint8Array, start: number, end: number, frameOffset: number, file: string | undefined): void {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
    this.#frameOffset = frameOffset;
    this.#file = file;
  }

  /** Moves to the next field; false if there is none. @throws `MESSAGE` (format) where what comes is no field */
  next(): boolean {
    if (this.offset >= this.end) return false;
    this.#varint();
    if (this.high !== 0) throw this.malformed('has a tag of more than 32 bits');
    this.tag = this.low;
    const number = this.tag >>> 3;
    if (number === 0 || (number >= 19000 && number <= 19999)) throw this.malformed(`has a field of number ${number}, which no field may have`);
    this.start = this.offset;
    switch (this.tag & 7) {
      case VARINT:
        this.#varint();
        break;
      case LENGTH_DELIMITED:
        this.#varint();
        this.start = this.offset;
        this.#skip(this.high * TWO_32 + this.low);
        break;
      case FIXED32:
        this.#skip(4);
        this.low = getFixed32(this.bytes, this.start);
        break;
      case FIXED64:
        this.#skip(8);
        break;
      default:
        throw this.malformed(`has a field of wire type ${this.tag & 7}`);
    }
    return true;
  }

  /** Refuses the varint or the length of the field if it is longer than it need be, as is done for every field that is known. @throws `MESSAGE` (format) */
  requireMinimal(): void {
    if (!this.#isMinimal) throw this.malformed('has a number that is stored in more bytes than it takes');
  }

  malformed(what: string): ReftableError {
    return new ReftableError('format', 'MESSAGE', `frame ${what},`, { offset: this.#frameOffset, file: this.#file });
  }

  #skip(length: number): void {
    if (length > this.end - this.offset) throw this.malformed('has a field that runs past the end');
    this.offset += length;
  }

  #varint(): void {
    const { bytes, end } = this;
    let pos = this.offset;
    let byte = pos < end ? bytes[pos]! : 128;
    if (byte < 128) {
      this.low = byte;
      this.high = 0;
      this.#isMinimal = true;
      this.offset = pos + 1;
      return;
    }
    let low = 0;
    let high = 0;
    let group = 0;
    for (; ; group++) {
      if (pos >= end || group >= MAX_VARINT_SIZE) throw this.malformed('has a number that does not end');
      byte = bytes[pos++]!;
      const bits = byte & 127;
      if (group < 4) low |= bits << (7 * group);
      else if (group > 4) high |= bits << (7 * group - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
      if (byte < 128) break;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    // Of the tenth group only the lowest bit is left: 64 bits are full.
    this.#isMinimal = (group === MAX_VARINT_SIZE - 1 ? byte & 1 : byte) !== 0;
    this.offset = pos;
  }
}

/** 4 bytes at `offset`, the lowest first. */
export function getFixed32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}
