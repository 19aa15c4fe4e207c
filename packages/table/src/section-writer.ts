import { BlockWriter, decodeString, encodeIndex, INDEX_BLOCK, LOG_BLOCK, type BlockType } from '@reftable/block';
import { varintLength } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { RecordTooLargeError } from './errors.js';
import type { TableGeometry } from './options.js';
import type { TableOutput } from './table-output.js';

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

/** A block that was written, for the index over it. */
interface WrittenBlock {
  readonly lastKey: Uint8Array;
  readonly position: number;
}

/** Writes one section: its blocks, and at its end the index over them. */
export class SectionWriter {
  readonly #geometry: TableGeometry;
  readonly #output: TableOutput;
  readonly #block: BlockWriter;
  #written: WrittenBlock[] = [];
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
    if (this.#block.add(key, keyLength, valueType, value, valueLength)) return;
    const { blockSize } = this.#geometry;
    const needed = this.#block.sizeAlone(keyLength, valueLength);
    if (needed > blockSize) throw new RecordTooLargeError(decodeString(key, 0, keyLength), blockSize, needed);
    this.#flush();
    this.#block.add(key, keyLength, valueType, value, valueLength);
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
  finish(): SectionStatistics {
    if (this.#block.records > 0) this.#flush();
    const blocks = this.#written.length;
    let level: readonly WrittenBlock[] = this.#written;
    let indexBlocks = 0;
    let indexLevels = 0;
    let indexPosition = 0;
    // Where names are longer than half a block, a level may be no shorter than the one below: then it is the top. It is, too,
    // where a name leaves no room for a position beside it, as that of a tombstone may.
    for (let below = Infinity; level.length > this.#geometry.indexThreshold && level.length < below && this.#fitIndex(level); ) {
      indexPosition = this.#output.position;
      below = level.length;
      level = this.#writeLevel(level);
      indexBlocks += level.length;
      indexLevels++;
    }
    const position = this.#written[0]?.position ?? 0;
    return { records: this.#records, restarts: this.#restarts, blocks, position, indexBlocks, indexLevels, indexPosition };
  }

  #fitIndex(level: readonly WrittenBlock[]): boolean {
    return level.every(({ lastKey, position }) => this.#block.sizeAlone(lastKey.length, varintLength(position)) <= this.#geometry.blockSize);
  }

  #writeLevel(below: readonly WrittenBlock[]): readonly WrittenBlock[] {
    const index = new SectionWriter(INDEX_BLOCK, this.#geometry, this.#output);
    const value = new ByteWriter(16);
    for (const { lastKey, position } of below) {
      value.length = 0;
      const valueType = encodeIndex(value, position);
      index.add(lastKey, lastKey.length, valueType, value.buffer, value.length);
    }
    index.#flush();
    return index.#written;
  }

  #flush(): void {
    const block = this.#block;
    const lastKey = block.lastKey.slice(0, block.lastKeyLength);
    this.#written.push({ lastKey, position: this.#output.position });
    this.#records += block.records;
    this.#restarts += block.restarts;
    this.#output.block(block.finish(), block.type !== LOG_BLOCK);
    block.begin(this.#output.headerOffset);
  }
}
