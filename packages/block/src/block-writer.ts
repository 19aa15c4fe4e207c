import { putU16, putU24, putVarint, ReftableError, varintLength } from '@reftable/varint';
import { copyShort, sharedLength } from '@reftable/varint/bytes';
import { BLOCK_HEADER_SIZE, LOG_BLOCK, MAX_RESTARTS, VALUE_BLOCK, type BlockType } from './block-type.js';
import { decodeString } from './text.js';
import { deflate } from '#zlib';

/**
 * Writes the blocks of one section, one after another, in one buffer. The layout is that of `block.ts` and `block-cursor.ts`.
 * Keys must ascend through all blocks of the section.
 */
export class BlockWriter {
  readonly type: BlockType;
  /** Records in the current block. */
  records = 0;
  /** Restarts in the current block. */
  restarts = 0;
  /** The key last added. Only the first `lastKeyLength` bytes count. */
  lastKey: Uint8Array = new Uint8Array(256);
  lastKeyLength = 0;

  #blockSize: number;
  readonly #restartInterval: number;
  #buffer: Uint8Array;
  /** Only the first `restarts` count. */
  readonly #restartOffsets: number[] = [];
  #headerOffset = 0;
  #length = 0;

  /**
   * @param blockSize the most bytes that a block may have, before deflation and padding
   * @param restartInterval after how many records a key is stored whole
   */
  constructor(type: BlockType, blockSize: number, restartInterval: number) {
    this.type = type;
    this.#blockSize = blockSize;
    this.#restartInterval = restartInterval;
    this.#buffer = new Uint8Array(blockSize);
    this.begin(0);
  }

  /** Starts a block, with `headerOffset` bytes left free for the file header. The key last added stays. */
  begin(headerOffset: number): void {
    this.#headerOffset = headerOffset;
    this.#length = headerOffset + BLOCK_HEADER_SIZE;
    this.records = this.restarts = 0;
  }

  /** The least block size that could hold a record: in the current block if that is empty, else alone in the next. */
  sizeAlone(keyLength: number, valueLength: number): number {
    const start = (this.records === 0 ? this.#headerOffset : 0) + BLOCK_HEADER_SIZE;
    return start + 1 + varintLength(keyLength * 8) + keyLength + this.#lengthSize(valueLength) + valueLength + 3 + 2;
  }

  /**
   * Adds a record if it fits. False means that it does not: `finish` this block, `begin` another and add it there.
   * The key and value are the first bytes of their buffers; in a `VALUE_BLOCK`, the value's length is written in front of it. A record is
   * a restart where its key shares nothing with the one before, or at each interval (then its key is stored whole).
   * @throws `KEYS_NOT_ASCENDING` (misuse), also for the empty key
   */
  add(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean {
    const shared = this.#sharedWithLast(key, keyLength);
    const prefix = this.records % this.#restartInterval === 0 ? 0 : shared;
    const isRestart = prefix === 0 && this.restarts < MAX_RESTARTS;
    const suffixLength = keyLength - prefix;
    const lengthSize = this.#lengthSize(valueLength);
    const size = shortLength(prefix) + shortLength(suffixLength * 8) + suffixLength + lengthSize + valueLength;
    const restarts = this.restarts + (isRestart ? 1 : 0);
    let pos = this.#length;
    if (pos + size + 3 * restarts + 2 > this.#blockSize) return false;

    if (isRestart) this.#restartOffsets[this.restarts++] = pos;
    const buffer = this.#buffer;
    pos = putShort(buffer, pos, prefix);
    pos = putShort(buffer, pos, suffixLength * 8 + valueType);
    if (keyLength > this.lastKey.length) this.#growLastKey(keyLength);
    copyShort(key, shared, keyLength, this.lastKey, shared);
    pos = copyShort(key, prefix, keyLength, buffer, pos);
    if (lengthSize > 0) pos = putShort(buffer, pos, valueLength);
    this.#length = copyShort(value, 0, valueLength, buffer, pos);
    this.records++;

    this.lastKeyLength = keyLength;
    return true;
  }

  /** Sets the most bytes that this block and those after it may have: what is there must fit, and 2^24-1 is the end. */
  resize(blockSize: number): void {
    this.#blockSize = blockSize;
    if (blockSize <= this.#buffer.length) return;
    const grown = new Uint8Array(blockSize);
    grown.set(this.#buffer);
    this.#buffer = grown;
  }

  /**
   * Ends the block: writes its restarts, and leaves the header to the caller.
   * @returns the block, without padding: a view that the next block overwrites
   */
  finishBody(): Uint8Array {
    const buffer = this.#buffer;
    let pos = this.#length;
    for (let index = 0; index < this.restarts; index++, pos += 3) putU24(buffer, pos, this.#restartOffsets[index]!);
    putU16(buffer, pos, this.restarts);
    return buffer.subarray(0, pos + 2);
  }

  /**
   * Ends the block: writes its restarts and header, and deflates it where it is a log block.
   * @returns the block as it stands in the file, without padding: a view that the next block overwrites
   */
  finish(): Uint8Array {
    const buffer = this.finishBody();
    buffer[this.#headerOffset] = this.type;
    putU24(buffer, this.#headerOffset + 1, buffer.length);
    if (this.type !== LOG_BLOCK) return buffer;

    const start = this.#headerOffset + BLOCK_HEADER_SIZE;
    const deflated = deflate(buffer.subarray(start));
    const block = new Uint8Array(start + deflated.length);
    block.set(buffer.subarray(0, start));
    block.set(deflated, start);
    return block;
  }

  #growLastKey(least: number): void {
    const grown = new Uint8Array(2 * least);
    grown.set(this.lastKey);
    this.lastKey = grown;
  }

  /** Bytes of the length in front of a value. */
  #lengthSize(valueLength: number): number {
    return this.type === VALUE_BLOCK ? shortLength(valueLength) : 0;
  }

  #sharedWithLast(key: Uint8Array, keyLength: number): number {
    const { lastKey, lastKeyLength } = this;
    const shared = sharedLength(key, lastKey, Math.min(keyLength, lastKeyLength));
    if (shared === keyLength || (shared < lastKeyLength && key[shared]! < lastKey[shared]!)) {
      const [last, next] = [decodeString(lastKey, 0, lastKeyLength), decodeString(key, 0, keyLength)];
      throw new ReftableError('misuse', 'KEYS_NOT_ASCENDING', `key ${JSON.stringify(next)} after ${JSON.stringify(last)}`);
    }
    return shared;
  }
}

/* Varints of lengths within a block: at most 2^24 * 8, so four bytes. */

function shortLength(value: number): number {
  return value < 128 ? 1 : varintLength(value);
}

function putShort(buffer: Uint8Array, pos: number, value: number): number {
  if (value < 128) {
    buffer[pos] = value;
    return pos + 1;
  }
  return putVarint(buffer, pos, value);
}
