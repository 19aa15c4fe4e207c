/*
 * The header, at the start of the file (in front of the first block, which counts it as its own) and again in the footer:
 *
 *   "REFT"
 *   u8  version              1, or 2
 *   u24 block size           to which blocks are padded; 0 if the table is not aligned
 *   u64 min update index
 *   u64 max update index
 *   u32 hash id              only in version 2: "sha1" or "s256"
 */
import type { Hash } from '@reftable/block';
import { ReftableError } from '@reftable/varint';
import { ByteReader, type ByteWriter } from '@reftable/varint/bytes';
import { formatError } from './errors.js';

const MAGIC = 0x52454654; // "REFT"
const SHA1_ID = 0x73686131; // "sha1"
const SHA256_ID = 0x73323536; // "s256"

/** Bytes of a header of version 1 and 2. */
const SIZES = { 1: 24, 2: 28 } as const;

/** The larger of the sizes that a header may have. */
export const MAX_HEADER_SIZE = SIZES[2];

/** The version of the format. */
export type Version = 1 | 2;

/** What the header says of the table. */
export interface Header {
  readonly version: Version;
  readonly hash: Hash;
  /** 0 if blocks are not aligned. */
  readonly blockSize: number;
  readonly minUpdateIndex: bigint;
  readonly maxUpdateIndex: bigint;
}

/** Bytes of the header: 24 in version 1, 28 in version 2. */
export function headerSize(version: Version): number {
  return SIZES[version];
}

/**
 * Reads a header.
 * @param bytes start with it, and hold `MAX_HEADER_SIZE` bytes at least
 * @param offset where it stands in the file, for errors
 * @throws `MAGIC`, `LIMITS` (format); `VERSION`, `HASH_ID` (unsupported)
 */
export function parseHeader(bytes: Uint8Array, offset: number, file: string | undefined): Header {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw formatError('MAGIC', 'not a reftable', offset, file);
  const version = reader.u8();
  if (version !== 1 && version !== 2) {
    throw new ReftableError('unsupported', 'VERSION', `reftable of version ${version}`, { offset: offset + 4, file });
  }
  const blockSize = reader.u24();
  const minUpdateIndex = reader.bigU64();
  const maxUpdateIndex = reader.bigU64();
  if (minUpdateIndex > maxUpdateIndex) {
    const message = `update indexes from ${minUpdateIndex} to ${maxUpdateIndex}`;
    throw formatError('LIMITS', message, offset + 8, file);
  }
  const id = version === 1 ? SHA1_ID : reader.u32();
  if (id !== SHA1_ID && id !== SHA256_ID) {
    throw new ReftableError('unsupported', 'HASH_ID', `hash of id 0x${id.toString(16)}`, { offset: offset + SIZES[1], file });
  }
  return { version, hash: id === SHA1_ID ? 'sha1' : 'sha256', blockSize, minUpdateIndex, maxUpdateIndex };
}

/** Writes a header. */
export function encodeHeader(writer: ByteWriter, header: Header): void {
  writer.u32(MAGIC);
  writer.u8(header.version);
  writer.u24(header.blockSize);
  writer.u64(header.minUpdateIndex);
  writer.u64(header.maxUpdateIndex);
  if (header.version === 2) writer.u32(header.hash === 'sha1' ? SHA1_ID : SHA256_ID);
}
