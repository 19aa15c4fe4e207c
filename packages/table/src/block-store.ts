import { BLOCK_HEADER_SIZE, LOG_BLOCK, maxSizeOnDisk, parseBlock, parseBlockHeader, type Block, type BlockPlace } from '@reftable/block';
import type { IndexKeys } from '@reftable/block/index-keys';
import { BlockCache, ReadAhead, type Core, type SourceInfo } from '@reftable/io';
import { formatError } from './errors.js';

/** How much is read for a block in a table that does not say how large its blocks are. */
const GUESS = 4096;

/** What is known of the file when its blocks are read. */
export interface StoreOptions {
  /** Bytes of the file header, which the block at 0 contains. */
  readonly headerSize: number;
  /** The table's block size; 0 if it is not aligned. */
  readonly blockSize: number;
  /** Where the last block must end: the start of the footer. */
  readonly end: number;
  /** The most bytes of blocks that are kept for later lookups. */
  readonly cacheSize: number;
}

/** The blocks of one table: reads them, checks them, and keeps those that lookups used, up to a bound. */
export class BlockStore {
  readonly source: SourceInfo;
  /** What lookups see of the index blocks of the top levels, by position. Through them, they come to the blocks below. */
  readonly topKeys = new Map<number, IndexKeys>();
  readonly #options: StoreOptions;
  readonly #kept: BlockCache<Block>;
  readonly #file: ReadAhead;

  constructor(source: SourceInfo, options: StoreOptions) {
    this.source = source;
    this.#options = options;
    this.#kept = new BlockCache(options.cacheSize);
    this.#file = new ReadAhead(source);
  }

  /** Where the last block must end. */
  get end(): number {
    return this.#options.end;
  }

  /** The block at `position`, if it is kept. */
  kept(position: number): Block | undefined {
    return this.#kept.get(position);
  }

  /** The block at `position`, kept or read and then kept. @throws as `parseBlock` does, and as the source does */
  *block(position: number): Core<Block> {
    const kept = this.kept(position);
    if (kept !== undefined) return kept;
    const block = yield* this.#parse(position, 0);
    if (this.#kept.keep(block)) this.topKeys.clear();
    return block;
  }

  /**
   * The block at `position`, in a scan that goes on from there. It is not kept, so that a scan does not drive out what lookups need.
   * @param ahead how much the scan may read ahead: as `ReadAhead.read` has it
   */
  *scan(position: number, ahead: number): Core<Block> {
    return this.kept(position) ?? (yield* this.#parse(position, ahead));
  }

  *#parse(position: number, ahead: number): Core<Block> {
    const { headerSize, blockSize, end } = this.#options;
    const { name: file } = this.source;
    if (position >= end) {
      throw formatError('SECTION_POSITION', 'no block where one should be', position, file);
    }
    const headerOffset = position === 0 ? headerSize : 0;
    const place: BlockPlace = { position, headerOffset, alignment: blockSize, file };
    // Enough for a block of common size, even if it is a log block that grew when it was deflated, and the byte behind it.
    const wanted = maxSizeOnDisk({ type: LOG_BLOCK, length: Math.max(blockSize || GUESS, headerOffset + BLOCK_HEADER_SIZE) }) + 1;
    let input = yield* this.bytes(position, wanted, ahead);
    const needed = maxSizeOnDisk(parseBlockHeader(input, place));
    // One byte more, which tells whether the block is padded.
    if (Math.min(needed + 1, end - position) > input.length) input = yield* this.bytes(position, needed + 1, ahead);
    return parseBlock(input, place);
  }

  /** At least `length` bytes from `position`, or all that there are up to the footer. @param ahead as in {@link scan} */
  bytes(position: number, length: number, ahead: number): Core<Uint8Array> {
    return this.#file.read(position, length, ahead, this.#options.end);
  }
}
