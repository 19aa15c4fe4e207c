/*
 * Git's offset varint (as in pack files), "varint" in the reftable format:
 * groups of 7 bits, the highest first, each byte but the last with its top bit set; and since a longer encoding
 * never repeats a value that a shorter one can hold, 1 is added for each further byte. So every value has just one encoding:
 *
 *   0..127 in 1 byte, 128..16511 in 2 bytes, 16512..2113663 in 3 bytes, … up to 2^64-1 in 10 bytes.
 */
import { ReftableError } from './errors.js';

/** 2^64-1, the largest value that a varint may hold. */
export const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/** Numbers below this are worked with by bits: nearly all are, and it is several times faster. */
const SMALL = 0x8000_0000;

/** Refuses what is not a whole number from 0 up to `max`. @throws `NUMBER_RANGE` (misuse) */
export function checkNumber(value: number | bigint, max: number | bigint): void {
  if ((typeof value !== 'bigint' && !Number.isSafeInteger(value)) || value < 0 || value > max) {
    throw new ReftableError('misuse', 'NUMBER_RANGE', `${value} is not a whole number from 0 to ${max}`);
  }
}

/** Refuses what is not a `bigint` below 2^64 or a `number` below 2^53. (To compare one with the other is slow.) */
export function checkU64(value: number | bigint): void {
  checkNumber(value, typeof value === 'bigint' ? MAX_U64 : Number.MAX_SAFE_INTEGER);
}

/** A `value` as a `number`. @throws `NUMBER_UNSAFE` (unsupported) above 2^53-1, beyond which a number is not exact */
export function toSafeNumber(value: number | bigint, offset?: number): number {
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new ReftableError('unsupported', 'NUMBER_UNSAFE', 'number beyond 2^53-1', { offset });
  }
  return Number(value);
}

/** The number whose varint goes before the last byte of that of `value`, if `value` is 128 or more. */
function leading(value: number | bigint): number | bigint {
  return typeof value === 'number' ? Math.floor(value / 128) - 1 : (value >> 7n) - 1n;
}

/** How many bytes (1 to 10) the varint of `value` takes. @throws `NUMBER_RANGE` */
export function varintLength(value: number | bigint): number {
  checkU64(value);
  let length = 1;
  if (typeof value === 'number' && value < SMALL) {
    for (let rest = value; rest > 127; rest = (rest >> 7) - 1) length++;
    return length;
  }
  for (let rest = value; rest > 127; rest = leading(rest)) length++;
  return length;
}

/**
 * Writes the varint of `value` into `bytes` at `offset` and returns the offset just past it.
 * @throws `NUMBER_RANGE` if `value` is no whole number from 0 to 2^64-1; `BUFFER_TOO_SMALL` if it does not fit (nothing is written then)
 */
export function putVarint(bytes: Uint8Array, offset: number, value: number | bigint): number {
  const end = offset + varintLength(value);
  if (end > bytes.length) throw new ReftableError('misuse', 'BUFFER_TOO_SMALL', 'no room for the number', { offset });
  let pos = end;
  if (typeof value === 'number' && value < SMALL) {
    bytes[--pos] = value & 127;
    for (let rest = value >> 7; pos > offset; rest = (rest - 1) >> 7) bytes[--pos] = (rest - 1) | 128;
    return end;
  }
  for (let rest = value; pos > offset; rest = leading(rest)) {
    const group = typeof rest === 'number' ? rest & 127 : Number(rest & 127n);
    bytes[--pos] = pos < end - 1 ? group | 128 : group;
  }
  return end;
}

/** The varint of `value` as bytes of its own. @throws `NUMBER_RANGE` */
export function encodeVarint(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  putVarint(bytes, 0, value);
  return bytes;
}

/**
 * The offset just past the varint at `offset`, which must end before `end`. Does not look at the value.
 * @throws `VARINT_TRUNCATED` if it runs into `end`; `VARINT_OVERFLOW` if it is longer than any 64-bit value's (10 bytes)
 */
export function skipVarint(bytes: Uint8Array, offset: number, end = bytes.length): number {
  let pos = offset;
  while (pos < end) {
    if (bytes[pos++]! < 128) return pos;
    if (pos - offset >= 10) throw overflow(offset);
  }
  throw new ReftableError('format', 'VARINT_TRUNCATED', 'input ends inside a number', { offset });
}

/**
 * The value of the varint at `offset`, exactly, as a bigint.
 * @throws `VARINT_TRUNCATED`, `VARINT_OVERFLOW` (over 64 bits)
 */
export function decodeBigVarint(bytes: Uint8Array, offset = 0, end = bytes.length): bigint {
  const past = skipVarint(bytes, offset, end);
  let value = BigInt(bytes[offset]! & 127);
  for (let pos = offset + 1; pos < past; pos++) value = ((value + 1n) << 7n) | BigInt(bytes[pos]! & 127);
  if (value > MAX_U64) throw overflow(offset);
  return value;
}

/**
 * The value of the varint at `offset`, as a number.
 * @throws `VARINT_TRUNCATED`, `VARINT_OVERFLOW` (over 64 bits), `NUMBER_UNSAFE` (64 bits, but beyond 2^53-1)
 */
export function decodeVarint(bytes: Uint8Array, offset = 0, end = bytes.length): number {
  let pos = offset;
  let value = 0;
  // Seven groups stay below 2^50, so they are exact in a number.
  for (const exact = Math.min(end, offset + 7); pos < exact; ) {
    const byte = bytes[pos++]!;
    value += byte & 127;
    if (byte < 128) return value;
    value = (value + 1) * 128;
  }
  return toSafeNumber(decodeBigVarint(bytes, offset, end), offset);
}

function overflow(offset: number): ReftableError {
  return new ReftableError('format', 'VARINT_OVERFLOW', 'number of more than 64 bits', { offset });
}
