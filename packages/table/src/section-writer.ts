import { BlockWriter, encodeIndex, INDEX_BLOCK, LOG_BLOCK, type BlockType } from '@reftable/block';
import type { Pausing } from '@reftable/io';
import { isReftableError, varintLength } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { misuse, RecordTooLargeError } from './errors.js';
import { keyText } from './key-text.js';
import type { TableGeometry } from './options.js';
import type { TableOutput } from './table-output.js';
import { WrittenBlocks } from './written-blocks.js';

/** What a section came to. */
export interface SectionStatistics {
  /** Records, those of its index not counted. */
  readonly records: number;
  readonly restarts: number;
  readonly blocks: number;
  /** Offset in the file of the first block; 0 also where there is none. */
  readonly position: number;
  readonly indexBlocks: number;
  /** Levels of the index; 0: it has none. */
  readonly indexLevels: number;
  /** Offset of the first block of the topmost level of the index; 0: it has none. */
  readonly indexPosition: number;
}

/** The statistics of a section without records. */
export const EMPTY_SECTION: SectionStatistics = {
  records: 0,
  restarts: 0,
  blocks: 0,
  position: 0,
  indexBlocks: 0,
  indexLevels: 0,
  indexPosition: 0,
};

/** Writes one section: its blocks, and at its end the index over them. */
export class SectionWriter {
  readonly #geometry: TableGeometry;
  readonly #output: TableOutput;
  readonly #block: BlockWriter;
  readonly #written = new WrittenBlocks();
  #records = 0;
  #restarts = 0;

  constructor(type: BlockType, geometry: TableGeometry, output: TableOutput) {
    this.#geometry = geometry;
    this.#output = output;
    this.#block = new BlockWriter(type, geometry.blockSize, geometry.restartInterval);
    this.#block.begin(output.headerOffset);
  }

  /** Adds a record, in the current block or in a new one. @throws `RECORD_TOO_LARGE`, before anything is written; `KEYS_NOT_ASCENDING` */
  add(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): void {
    if (this.#addToBlock(key, keyLength, valueType, value, valueLength)) return;
    const { blockSize } = this.#geometry;
    const needed = this.#block.sizeAlone(keyLength, valueLength);
    if (needed > blockSize) throw new RecordTooLargeError(keyText(this.#block.type, key, keyLength), blockSize, needed);
    this.#flush();
    this.#block.add(key, keyLength, valueType, value, valueLength);
  }

  /** As `BlockWriter.add`, which does not know of what the key of a log entry is made. */
  #addToBlock(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean {
    try {
      return this.#block.add(key, keyLength, valueType, value, valueLength);
    } catch (error) {
      if (!isReftableError(error, 'KEYS_NOT_ASCENDING')) throw error;
      const { type, lastKey, lastKeyLength } = this.#block;
      const last = lastKeyLength === 0 ? 'none' : keyText(type, lastKey, lastKeyLength);
      throw misuse('KEYS_NOT_ASCENDING', `key ${keyText(type, key, keyLength)} after ${last}`);
    }
  }

  /** As {@link add}; but false if the record fits no block. The current block is ended then, as Git does. */
  tryAdd(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean {
    if (this.#block.add(key, keyLength, valueType, value, valueLength)) return true;
    if (this.#block.records > 0) this.#flush();
    return this.#block.add(key, keyLength, valueType, value, valueLength);
  }

  /** Offset in the file of the block that the record added last is in. */
  get blockPosition(): number {
    return this.#output.position;
  }

  /** Writes what is left, and the index: over the blocks if they are more than the threshold, and again over each level of itself. */
  *finish(): Pausing<SectionStatistics> {
    if (this.#block.records > 0) this.#flush();
    const blocks = this.#written.count;
    let level = this.#written;
    let indexBlocks = 0;
    let indexLevels = 0;
    let indexPosition = 0;
    // Where names are longer than half a block, a level may be no shorter than the one below: then it is the top. It is, too,
    // where a name leaves no room for a position beside it, as that of a tombstone may.
    for (let below = Infinity; level.count > this.#geometry.indexThreshold && level.count < below && this.#fitIndex(level); ) {
      indexPosition = this.#output.position;
      below = level.count;
      level = yield* this.#writeLevel(level);
      indexBlocks += level.count;
      indexLevels++;
    }
    const position = blocks === 0 ? 0 : this.#written.position(0);
    return { records: this.#records, restarts: this.#restarts, blocks, position, indexBlocks, indexLevels, indexPosition };
  }

  #fitIndex(level: WrittenBlocks): boolean {
    for (let index = 0; index < level.count; index++) {
      const size = this.#block.sizeAlone(level.lastKey(index).length, varintLength(level.position(index)));
      if (size > this.#geometry.blockSize) return false;
    }
    return true;
  }

  *#writeLevel(below: WrittenBlocks): Pausing<WrittenBlocks> {
    const level = new SectionWriter(INDEX_BLOCK, this.#geometry, this.#output);
    const value = new ByteWriter(16);
    for (let index = 0; index < below.count; index++) {
      const lastKey = below.lastKey(index);
      value.length = 0;
      const valueType = encodeIndex(value, below.position(index));
      level.add(lastKey, lastKey.length, valueType, value.buffer, value.length);
      yield;
    }
    level.#flush();
    return level.#written;
  }

  #flush(): void {
    const block = this.#block;
    this.#written.add(block.lastKey, block.lastKeyLength, this.#output.position);
    this.#records += block.records;
    this.#restarts += block.restarts;
    this.#output.block(block.finish(), block.type !== LOG_BLOCK);
    block.begin(this.#output.headerOffset);
  }
}
