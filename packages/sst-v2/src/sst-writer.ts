import type { Sink } from '@reftable/io';
import { checkNumber, ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { BlockOutput } from './block-output.js';
import { encodeFooter, MAX_METADATA_SIZE } from './footer.js';
import { LevelWriter } from './level-writer.js';
import { resolveOptions, type SstGeometry, type SstOptions } from './options.js';
import { emptyTally, type DataStatistics, type SstStatistics } from './statistics.js';

const EMPTY = new Uint8Array(0);

/** Writes a table: its records, in the order of their keys, then `finish`. Nothing needs to be known before the first record, and no more is held than a block and the last key of each. */
export class SstWriter {
  readonly #geometry: SstGeometry;
  readonly #output: BlockOutput;
  readonly #tally = emptyTally();
  readonly #data: LevelWriter;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter(256);
  #finished = false;

  /** @throws `NUMBER_RANGE`, `BLOCK_SIZE` (misuse) */
  constructor(sink: Sink, options: SstOptions = {}) {
    this.#geometry = resolveOptions(options);
    this.#output = new BlockOutput(sink, this.#geometry.alignment);
    this.#data = new LevelWriter(0, this.#geometry, this.#output, this.#tally);
  }

  /**
   * Adds a record. Strings stand for their UTF-8 bytes. Nothing of it is written if it throws.
   * @param extra 3 bits beside the key's length, whose meaning is the caller's
   * @throws `KEYS_NOT_ASCENDING` (also for an empty key), `RECORD_TOO_LARGE`, `NUMBER_RANGE`, `WRITER_FINISHED` (all misuse)
   */
  put(key: string | Uint8Array, value: string | Uint8Array, extra = 0): void {
    this.#key.length = this.#value.length = 0;
    this.#key.text(key);
    this.#value.text(value);
    this.putBytes(this.#key.buffer, this.#key.length, extra, this.#value.buffer, this.#value.length);
  }

  /** As {@link put}, with the first bytes of two buffers. */
  putBytes(key: Uint8Array, keyLength: number, extra: number, value: Uint8Array, valueLength: number): void {
    this.#checkOpen();
    if ((extra & 7) !== extra) checkNumber(extra, 7);
    this.#data.add(key, keyLength, extra, value, valueLength);
    this.#tally.records++;
    this.#tally.keySize += keyLength;
    this.#tally.valueSize += valueLength;
  }

  /** Offset in the file of the block that the record put last is in. */
  get blockPosition(): number {
    return this.#data.blockPosition;
  }

  /**
   * Writes what is left, the index, and the footer.
   * @param metadata up to 65,509 bytes of the caller's own: given, or made of what the records came to
   * @throws `METADATA_SIZE`, `WRITER_FINISHED` (misuse)
   */
  finish(metadata: Uint8Array | ((data: DataStatistics) => Uint8Array) = EMPTY): SstStatistics {
    this.#checkOpen();
    const data = this.#data;
    data.flush();
    const bytes = typeof metadata === 'function' ? metadata({ ...this.#tally }) : metadata;
    if (bytes.length > MAX_METADATA_SIZE) {
      throw new ReftableError('misuse', 'METADATA_SIZE', `${bytes.length} bytes of metadata, ${MAX_METADATA_SIZE} at most`);
    }
    this.#finished = true;
    const root = this.#writeIndex();
    const { hasChecksums } = this.#geometry;
    this.#output.footer(encodeFooter({ hasChecksums, blockSize: this.#output.alignment, root, metadata: bytes }));
    this.#tally.paddingSize = this.#output.paddingSize;
    this.#tally.size = this.#output.position;
    return this.#tally;
  }

  /** Writes levels of the index until one is a single block. Returns that block's position, or 0 where there are no records. */
  #writeIndex(): number {
    let level = this.#data;
    if (level.written.length < 2) {
      // Nothing would be gained from padding a single block.
      this.#output.dropPadding();
      this.#output.alignment = 0;
      if (level.written.length === 0) return 0;
    }
    do {
      level = level.writeIndex();
      this.#tally.indexLevels++;
    } while (level.written.length > 1);
    return level.written[0]!.position;
  }

  #checkOpen(): void {
    if (this.#finished) throw new ReftableError('misuse', 'WRITER_FINISHED', 'table is finished');
  }
}
