/*
 * Big-endian integers of fixed width, as all of them are in a reftable. These are the bare steps: that `offset` is in
 * range, and a value put no larger than its width, is the caller's to check. `ByteReader` and `ByteWriter` do.
 */
import { toSafeNumber } from './varint.js';

/** 2 bytes at `offset`. */
export function getU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!;
}

/** 3 bytes at `offset`. */
export function getU24(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 16) | getU16(bytes, offset + 1);
}

/** 4 bytes at `offset`. */
export function getU32(bytes: Uint8Array, offset: number): number {
  return ((getU24(bytes, offset) << 8) | bytes[offset + 3]!) >>> 0;
}

/** 8 bytes at `offset`, as a number. @throws `NUMBER_UNSAFE` beyond 2^53-1 */
export function getU64(bytes: Uint8Array, offset: number): number {
  return toSafeNumber(getU32(bytes, offset) * 2 ** 32 + getU32(bytes, offset + 4), offset);
}

/** 8 bytes at `offset`, exactly. */
export function getBigU64(bytes: Uint8Array, offset: number): bigint {
  return (BigInt(getU32(bytes, offset)) << 32n) | BigInt(getU32(bytes, offset + 4));
}

/** Writes 2 bytes at `offset`. */
export function putU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

/** Writes 3 bytes at `offset`. */
export function putU24(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 16;
  putU16(bytes, offset + 1, value);
}

/** Writes 4 bytes at `offset`. */
export function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  putU24(bytes, offset + 1, value);
}

/** Writes 8 bytes at `offset`; a `number` must be a safe integer. */
export function putU64(bytes: Uint8Array, offset: number, value: number | bigint): void {
  const exact = BigInt(value);
  putU32(bytes, offset, Number(exact >> 32n));
  putU32(bytes, offset + 4, Number(exact & 0xffff_ffffn));
}
