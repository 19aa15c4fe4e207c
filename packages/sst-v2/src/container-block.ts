/*
 * A block in the file:
 *
 *   u8  codec                0: stored, 1: zlib
 *   u24 size                 of all up to the padding
 *   body                     where the codec is 0
 *   u32 size of the body     where it is not, and behind it the body, compressed
 *   u32 CRC-32               only in tables with checksums: of all of the block before it
 *
 * A body is that of a block of a reftable: records, restarts, restart count. Offsets in it count as if the block were stored.
 */
import { Block, BLOCK_HEADER_SIZE, MAX_BLOCK_SIZE, VALUE_BLOCK } from '@reftable/block';
import { crc32 } from '@reftable/block/crc32';
import { deflate, inflate } from '@reftable/block/deflate';
import { getU24, getU32, putU24, putU32, ReftableError } from '@reftable/varint';

/** How a block is stored: as it is, or as a zlib stream. */
export type Codec = 'stored' | 'zlib';

const STORED = 0;
const ZLIB = 1;

/** Bytes of a checksum. */
const CHECKSUM_SIZE = 4;

/** Bytes of what stands in front of a compressed body. */
const COMPRESSED_START = BLOCK_HEADER_SIZE + 4;

/** The smallest body: a record with a key of a byte and no value, one restart and their count. */
const MIN_BODY = 9;

/** What of the table its blocks depend on. */
export interface BlockFormat {
  /** To what stored blocks are padded; 0: they are not. */
  readonly blockSize: number;
  readonly hasChecksums: boolean;
  /** Where the blocks end and the footer starts. */
  readonly end: number;
  readonly file: string | undefined;
}

/** The most bytes that a stored block may have, its checksum not counted. */
export function maxStoredSize(hasChecksums: boolean): number {
  return hasChecksums ? MAX_BLOCK_SIZE - CHECKSUM_SIZE : MAX_BLOCK_SIZE;
}

/**
 * The size of the block that `input` starts with, as its header says.
 * @param limit by which position it must end
 * @throws `BLOCK_LENGTH`
 */
export function blockSizeIn(input: Uint8Array, position: number, limit: number, { file, hasChecksums }: BlockFormat): number {
  const size = input.length < BLOCK_HEADER_SIZE ? 0 : getU24(input, 1);
  const least = BLOCK_HEADER_SIZE + MIN_BODY + (hasChecksums ? CHECKSUM_SIZE : 0);
  if (size < least || size > limit - position) {
    const message = `block of ${size} bytes where ${limit - position} are left`;
    throw new ReftableError('format', 'BLOCK_LENGTH', message, { offset: position, file });
  }
  return size;
}

/**
 * Reads and checks a block.
 * @param input starts with the whole block
 * @param size that {@link blockSizeIn} found
 * @throws `BLOCK_CRC`, `BLOCK_DEFLATE`, `RESTART_COUNT`, `RESTART_OFFSET`, `PREFIX_LENGTH`; `CODEC` (unsupported)
 */
export function parseBlock(input: Uint8Array, position: number, size: number, format: BlockFormat): Block {
  const { blockSize, hasChecksums, end, file } = format;
  const contentEnd = hasChecksums ? size - CHECKSUM_SIZE : size;
  if (hasChecksums && getU32(input, contentEnd) !== crc32(input.subarray(0, contentEnd))) {
    throw new ReftableError('format', 'BLOCK_CRC', 'block fails its checksum', { offset: position, file });
  }
  const codec = input[0]!;
  if (codec !== STORED && codec !== ZLIB) {
    throw new ReftableError('unsupported', 'CODEC', `block of codec ${codec}`, { offset: position, file });
  }
  const content = input.subarray(0, contentEnd);
  const bytes = codec === STORED ? content : inflated(content, position, file);
  // The last block is not padded.
  const next = position + size === end ? end : position + paddedSize(codec, position, size, blockSize);
  return new Block(VALUE_BLOCK, bytes, size, next, { position, headerOffset: 0, alignment: blockSize, file });
}

/** How a block that was read is stored. */
export function codecOf(block: Block): Codec {
  return block.bytes[0] === STORED ? 'stored' : 'zlib';
}

/**
 * A block as it stands in the file, without padding. One that gets no smaller by it is not compressed.
 * @param body the block as if it were stored, its first four bytes still free
 */
export function encodeBlock(body: Uint8Array, codec: Codec, hasChecksums: boolean): Uint8Array {
  const block = (codec === 'zlib' && compressed(body)) || body;
  block[0] = block === body ? STORED : ZLIB;
  putU24(block, 1, block.length);
  if (!hasChecksums) return block;
  const sealed = new Uint8Array(block.length + CHECKSUM_SIZE);
  sealed.set(block);
  putU24(sealed, 1, sealed.length);
  putU32(sealed, block.length, crc32(sealed.subarray(0, block.length)));
  return sealed;
}

/** Bytes of a block with the padding behind it: stored blocks in an aligned table are padded to the next multiple of the block size. */
export function paddedSize(codec: number, position: number, size: number, blockSize: number): number {
  return codec === STORED && blockSize > 0 ? Math.ceil((position + size) / blockSize) * blockSize - position : size;
}

function compressed(body: Uint8Array): Uint8Array | undefined {
  const stream = deflate(body.subarray(BLOCK_HEADER_SIZE));
  if (COMPRESSED_START + stream.length >= body.length) return undefined;
  const block = new Uint8Array(COMPRESSED_START + stream.length);
  putU32(block, BLOCK_HEADER_SIZE, body.length - BLOCK_HEADER_SIZE);
  block.set(stream, COMPRESSED_START);
  return block;
}

/** The block as it would be if it were stored. */
function inflated(content: Uint8Array, position: number, file: string | undefined): Uint8Array {
  const length = getU32(content, BLOCK_HEADER_SIZE);
  if (length >= MIN_BODY && length <= MAX_BLOCK_SIZE - BLOCK_HEADER_SIZE) {
    const found = inflate(content, COMPRESSED_START, Uint8Array.of(ZLIB, 0, 0, 0), length);
    if (found?.end === content.length) return found.bytes;
  }
  throw new ReftableError('format', 'BLOCK_DEFLATE', `block does not inflate to the ${length} bytes stated`, { offset: position, file });
}
