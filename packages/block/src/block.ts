/*
 * A block as it is read:
 *
 *   [file header]      only in a file's first block, which starts at offset 0 and counts its length and restarts from there
 *   u8  type           'r', 'o', 'g' or 'i'
 *   u24 length         of all up to here and on to the restart count, without padding; for 'g' after inflation
 *   record*            for 'g', this and all that follows is one zlib stream
 *   u24 restart*       offsets of records whose key is stored whole, ascending, the first record's first
 *   u16 restart count
 */
import { decodeVarint, getU16, getU24, ReftableError } from '@reftable/varint';
import type { RestartDigests } from './restart-digests.js';
import { BLOCK_HEADER_SIZE, isBlockType, LOG_BLOCK, type BlockType } from './block-type.js';
import { inflate } from './deflate.js';

/** Where a block was found, for its errors and for finding what follows it. */
export interface BlockPlace {
  /** Offset in the file at which the block starts; 0 for the first block, which contains the file header. */
  readonly position: number;
  /** Bytes of file header in front of the block's own header: 24 or 28 in the first block, else 0. */
  readonly headerOffset: number;
  /** The table's block size, to which blocks other than log blocks are padded where another follows; 0 in an unaligned table. */
  readonly alignment: number;
  /** What errors call the file. */
  readonly file: string | undefined;
}

/** What a block's header says: its type, and its length (for a log block: after inflation). */
export interface BlockHeader {
  readonly type: BlockType;
  readonly length: number;
}

/** A block of the least size holds one restart offset and the restart count. */
const MIN_TRAILER = 5;

/** A block that was parsed and checked: its records lie between `recordsStart` and `recordsEnd` of `bytes`, its restart table behind them. */
export class Block {
  readonly type: BlockType;
  /** The whole block without padding, with the file header where it is the first; inflated if a log block. */
  readonly bytes: Uint8Array;
  readonly recordsStart: number;
  readonly recordsEnd: number;
  readonly restartCount: number;
  /** Offset in the file. */
  readonly position: number;
  /** Bytes that the block takes in the file, without padding: less than `bytes.length` in most log blocks. */
  readonly sizeOnDisk: number;
  /** Offset in the file just past the block and its padding, where the next block starts if there is one. */
  readonly end: number;
  readonly file: string | undefined;
  /** Its own digest, where none is kept with those of other blocks. */
  digests: RestartDigests | undefined;

  /** @param bytes the block, inflated */
  constructor(type: BlockType, bytes: Uint8Array, sizeOnDisk: number, end: number, place: BlockPlace) {
    this.type = type;
    this.bytes = bytes;
    this.sizeOnDisk = sizeOnDisk;
    this.end = end;
    this.position = place.position;
    this.file = place.file;
    this.restartCount = getU16(bytes, bytes.length - 2);
    this.recordsStart = place.headerOffset + BLOCK_HEADER_SIZE;
    this.recordsEnd = bytes.length - 2 - 3 * this.restartCount;
    this.#checkRestarts();
  }

  /** Offset in `bytes` of the record that restart number `index` points at. */
  restart(index: number): number {
    return getU24(this.bytes, this.recordsEnd + 3 * index);
  }

  /** The error for damage at `offset` of `bytes`. */
  damage(code: string, message: string, offset = 0): ReftableError {
    // Offsets within what was inflated mean nothing in the file.
    const at = this.type === LOG_BLOCK || this.sizeOnDisk !== this.bytes.length ? this.position : this.position + offset;
    return damageIn(this, code, message, at);
  }

  #checkRestarts(): void {
    const { recordsStart, recordsEnd, restartCount } = this;
    if (restartCount === 0 || recordsEnd <= recordsStart) {
      throw this.damage('RESTART_COUNT', `${restartCount} restarts in a block of ${this.bytes.length} bytes`);
    }
    if (this.restart(0) !== recordsStart) throw this.damage('RESTART_OFFSET', 'first restart is not the first record');
    if (this.bytes[recordsStart] !== 0) throw this.damage('PREFIX_LENGTH', 'first key of a block is not whole', recordsStart);
    for (let index = 1, previous = recordsStart; index < restartCount; index++) {
      const offset = this.restart(index);
      if (offset <= previous || offset >= recordsEnd) {
        throw this.damage('RESTART_OFFSET', `restart ${index} points at ${offset}`);
      }
      previous = offset;
    }
  }
}

/**
 * Reads a block's header.
 * @param input starts where the block starts, and holds its header at least
 * @throws `BLOCK_TYPE`, `BLOCK_LENGTH`
 */
export function parseBlockHeader(input: Uint8Array, place: BlockPlace): BlockHeader {
  const { headerOffset } = place;
  const start = headerOffset + BLOCK_HEADER_SIZE;
  const type = input[headerOffset];
  if (input.length < start || !isBlockType(type)) {
    const what = input.length < start ? 'no room for a block' : `no block type: ${type}`;
    throw damageIn(place, 'BLOCK_TYPE', what, place.position + headerOffset);
  }
  const length = getU24(input, headerOffset + 1);
  if (length < start + MIN_TRAILER) throw damageIn(place, 'BLOCK_LENGTH', `block of ${length} bytes is too short`);
  return { type, length };
}

/**
 * The most bytes that a block of this header takes in the file: for a log block, more than zlib's worst case makes of its length,
 * which with the least memory that zlib can be given is 1 part in 25 more. A longer stream is refused.
 */
export function maxSizeOnDisk({ type, length }: BlockHeader): number {
  return type === LOG_BLOCK ? length + (length >> 4) + 64 : length;
}

/**
 * Reads and checks a block.
 * @param input starts where the block starts, and holds {@link maxSizeOnDisk} bytes of it or all that the file has
 * @throws `BLOCK_TYPE`, `BLOCK_LENGTH`, `RESTART_COUNT`, `RESTART_OFFSET`; `LOG_DEFLATE` where a log block's stream is damaged,
 *   truncated, fails its checksum, or does not inflate to the length stated
 */
export function parseBlock(input: Uint8Array, place: BlockPlace): Block {
  const { type, length } = parseBlockHeader(input, place);
  if (type === LOG_BLOCK) return inflateLogBlock(input, length, place);
  if (length > input.length) throw damageIn(place, 'BLOCK_LENGTH', `block of ${length} bytes, where only ${input.length} are left`);
  return new Block(type, input.subarray(0, length), length, endOfBlock(input, length, place), place);
}

/**
 * Where a block ends that is not a log block. Padding is owed by the block that follows, so the last block before a section
 * that is not aligned, or before the footer, has none: what stands behind the block tells. No block starts with a zero.
 */
function endOfBlock(input: Uint8Array, length: number, { position, alignment }: BlockPlace): number {
  const padded = alignment > 0 && input[length] === 0;
  // JGit may write an index block that is larger than the block size.
  return position + (padded ? Math.ceil(length / alignment) * alignment : length);
}

function inflateLogBlock(input: Uint8Array, length: number, place: BlockPlace): Block {
  const start = place.headerOffset + BLOCK_HEADER_SIZE;
  // What is behind that, if it was read, must not change the answer.
  const block = input.subarray(0, maxSizeOnDisk({ type: LOG_BLOCK, length }));
  const inflated = inflate(block, start, block.subarray(0, start), length - start);
  if (inflated === undefined) throw damageIn(place, 'LOG_DEFLATE', `log block does not inflate to the ${length - start} bytes stated`);
  return new Block(LOG_BLOCK, inflated.bytes, inflated.end, place.position + inflated.end, place);
}

function damageIn({ position, file }: { position: number; file: string | undefined }, code: string, message: string, offset = position): ReftableError {
  return new ReftableError('format', code, message, { offset, file });
}

/** A varint that counts bytes or numbers in this block, and so can't be greater than its size. */
export function lengthAt(block: Block, offset: number): number {
  let value = -1;
  try {
    value = decodeVarint(block.bytes, offset, block.recordsEnd);
  } catch {
    // As damaged as a number that is too large.
  }
  // Shifted by 3 for the value type, it still is a small integer.
  if (value < 0 || value > block.bytes.length * 8 + 7) {
    throw block.damage('RECORD_TRUNCATED', 'length does not fit the block', offset);
  }
  return value;
}
