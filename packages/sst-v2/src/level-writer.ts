import { BLOCK_HEADER_SIZE, BlockWriter, decodeString, VALUE_BLOCK } from '@reftable/block';
import { ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import type { BlockOutput } from './block-output.js';
import { encodeBlock, maxStoredSize, type Codec } from './container-block.js';
import { encodeIndexValue } from './index-entry.js';
import type { SstGeometry } from './options.js';
import { countBlock, type Tally } from './statistics.js';

/** The longest key: two of them fit an index block. */
export const MAX_KEY_SIZE = 1 << 22;

/** The longest that a block may be without a single record in it: header, a restart and their count, and varints of four bytes in front of key and value. */
const MAX_OVERHEAD = BLOCK_HEADER_SIZE + 3 + 2 + 1 + 4 + 4;

/** The longest value of an index record: a level, a position and a size. */
const MAX_INDEX_VALUE = 1 + 8 + 4;

/** A block that was written, for the index over it. */
export interface WrittenBlock {
  readonly lastKey: Uint8Array;
  readonly position: number;
  readonly size: number;
}

/** Writes the blocks of one level, one after another: the data, or a level of the index. */
export class LevelWriter {
  /** The blocks written so far. */
  readonly written: WrittenBlock[] = [];
  readonly #level: number;
  readonly #geometry: SstGeometry;
  readonly #output: BlockOutput;
  readonly #tally: Tally;
  readonly #block: BlockWriter;
  #firstKey: Uint8Array = new Uint8Array(0);
  /** How many records a block has at least, even if it must be larger for them. */
  readonly #least: number;
  /** Whether the current block is larger than the block size. */
  #isLarger = false;

  /** @param level 0: data */
  constructor(level: number, geometry: SstGeometry, output: BlockOutput, tally: Tally) {
    this.#level = level;
    this.#least = level === 0 ? 1 : 2;
    this.#geometry = geometry;
    this.#output = output;
    this.#tally = tally;
    this.#block = new BlockWriter(VALUE_BLOCK, geometry.blockSize, geometry.restartInterval);
  }

  /**
   * Adds a record, in the current block or in a new one. One that fits no block of the block size gets a larger one; and so do the first two
   * of an index block, so that each level is shorter than the one below; such a block takes no more than it must. Nothing of the record is written if it throws.
   * @throws `KEYS_NOT_ASCENDING`, `RECORD_TOO_LARGE`
   */
  add(key: Uint8Array, keyLength: number, extra: number, value: Uint8Array, valueLength: number): void {
    const block = this.#block;
    const isFull = this.#isLarger && block.records >= this.#least;
    if (isFull || !block.add(key, keyLength, extra, value, valueLength)) {
      this.#checkSize(key, keyLength, valueLength);
      if (block.records >= this.#least) this.flush();
      if (!block.add(key, keyLength, extra, value, valueLength)) {
        const before = block.records === 0 ? 0 : block.sizeAlone(block.lastKeyLength, MAX_INDEX_VALUE);
        block.resize(before + block.sizeAlone(keyLength, valueLength));
        block.add(key, keyLength, extra, value, valueLength);
        this.#isLarger = true;
      }
    }
    if (block.records === 1) this.#firstKey = key.slice(0, keyLength);
  }

  /** Offset in the file of the block that the record added last is in. */
  get blockPosition(): number {
    return this.#output.position;
  }

  /** Writes the current block, if there is anything in it. */
  flush(): void {
    const block = this.#block;
    if (block.records === 0) return;
    const isData = this.#level === 0;
    const codec: Codec = isData ? this.#geometry.codecFor(this.#firstKey) : 'stored';
    const bytes = encodeBlock(block.finishBody(), codec, this.#geometry.hasChecksums);
    this.written.push({ lastKey: block.lastKey.slice(0, block.lastKeyLength), position: this.#output.position, size: bytes.length });
    this.#output.block(bytes);
    countBlock(this.#tally, isData, bytes.length, bytes[0] !== 0);
    block.begin(0);
    if (this.#isLarger) block.resize(this.#geometry.blockSize);
    this.#isLarger = false;
  }

  /** Writes the level of the index over this one. */
  writeIndex(): LevelWriter {
    const index = new LevelWriter(this.#level + 1, this.#geometry, this.#output, this.#tally);
    const value = new ByteWriter(16);
    for (const { lastKey, position, size } of this.written) {
      value.length = 0;
      encodeIndexValue(value, this.#level, position, size);
      index.add(lastKey, lastKey.length, 0, value.buffer, value.length);
    }
    index.flush();
    return index;
  }

  #checkSize(key: Uint8Array, keyLength: number, valueLength: number): void {
    const room = maxStoredSize(this.#geometry.hasChecksums) - MAX_OVERHEAD;
    if (keyLength <= MAX_KEY_SIZE && keyLength + valueLength <= room) return;
    const what = `${JSON.stringify(decodeString(key, 0, Math.min(keyLength, 64)))}, of ${keyLength} bytes, with a value of ${valueLength}`;
    throw new ReftableError('misuse', 'RECORD_TOO_LARGE', `record of ${what} fits no block`);
  }
}
