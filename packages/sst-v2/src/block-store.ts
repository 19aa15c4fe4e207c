import { BlockCursor, type Block } from '@reftable/block';
import { BlockCache, ReadAhead, type Core, type SourceInfo } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import { blockSizeIn, parseBlock, type BlockFormat } from './container-block.js';
import type { Footer } from './footer.js';
import { IndexEntry } from './index-entry.js';

/** How a table is read. */
export interface ReadOptions {
  /** The most bytes of blocks that are kept for later lookups. Default 32 MiB. */
  readonly cacheSize?: number;
}

const DEFAULT_CACHE_SIZE = 32 << 20;

/** How much a scan reads first where the table does not say how large its blocks are. */
const GUESS = 4096;

const NO_KEY = new Uint8Array(0);

/** The blocks of one table: reads them, checks them, keeps those that lookups used, up to a bound, and knows where the data ends. */
export class BlockStore {
  /** Position of the root of the index; 0: there are no blocks. */
  readonly root: number;
  /** Where the blocks end and the footer starts. */
  readonly end: number;
  readonly format: BlockFormat;
  readonly #kept: BlockCache<Block>;
  readonly #file: ReadAhead;
  #levels: readonly number[] | undefined;

  /** @param tail the end of the file, as far as it was read */
  constructor(source: SourceInfo, footer: Footer, end: number, tail: Uint8Array, options: ReadOptions) {
    this.#kept = new BlockCache(options.cacheSize ?? DEFAULT_CACHE_SIZE);
    this.#file = new ReadAhead(source, tail);
    this.root = footer.root;
    this.end = end;
    this.format = { blockSize: footer.blockSize, hasChecksums: footer.hasChecksums, end, file: source.name };
  }

  /** Bytes of the root, which is the last block. */
  get rootSize(): number {
    return this.end - this.root;
  }

  /** The block at `position`, if it is kept. */
  kept(position: number): Block | undefined {
    return this.#kept.get(position);
  }

  /** The block at `position`, of the size that the index gives it. It is kept. @throws as `parseBlock`, and as the source does */
  *block(position: number, size: number): Core<Block> {
    const kept = this.kept(position);
    if (kept?.sizeOnDisk === size) return kept;
    const block = yield* this.blockOnce(position, size);
    this.#kept.keep(block);
    return block;
  }

  /** As {@link block}, for a walk that will not come back to it: it is not kept. */
  *blockOnce(position: number, size: number): Core<Block> {
    const input = yield* this.#file.read(position, size, 0, this.end);
    const stated = blockSizeIn(input, position, this.end, this.format);
    if (stated !== size) {
      const message = `block of ${stated} bytes where the index promises ${size}`;
      throw new ReftableError('format', 'BLOCK_LENGTH', message, { offset: position, file: this.format.file });
    }
    return parseBlock(input, position, size, this.format);
  }

  /**
   * The block at `position`, in a scan that goes on from there. It is not kept, so that a scan does not drive out what lookups need.
   * @param ahead how much the scan may read ahead: as `ReadAhead.read` has it
   * @param limit by which position the block must end, and its padding
   * @throws as {@link block}
   */
  *scan(position: number, ahead: number, limit: number): Core<Block> {
    return endingBy(limit, this.kept(position) ?? (yield* this.#parseNext(position, ahead, limit)));
  }

  /** The block at `position`, for a lookup that knows nothing else of it. It is kept. @param limit as in {@link scan} @throws as {@link scan} */
  *blockAt(position: number, limit: number): Core<Block> {
    const kept = this.kept(position);
    const block = endingBy(limit, kept ?? (yield* this.#parseNext(position, 0, limit)));
    if (kept === undefined) this.#kept.keep(block);
    return block;
  }

  *#parseNext(position: number, ahead: number, limit: number): Core<Block> {
    let input = yield* this.#file.read(position, this.format.blockSize || GUESS, ahead, limit);
    const size = blockSizeIn(input, position, limit, this.format);
    if (size > input.length) input = yield* this.#file.read(position, size, ahead, limit);
    return parseBlock(input, position, size, this.format);
  }

  /** The position at which the data blocks end and the index starts: that of the first block of its lowest level. @throws as {@link levels} */
  *dataEnd(): Core<number> {
    return (yield* this.levels())[1] ?? 0;
  }

  /** The positions at which the levels start, from the data on; none in a table without records. @throws as {@link block}, `INDEX_*` */
  *levels(): Core<readonly number[]> {
    if (this.#levels !== undefined) return this.#levels;
    const starts = [];
    if (this.root > 0) {
      const cursor = new BlockCursor(0);
      const entry = new IndexEntry();
      let block = yield* this.block(this.root, this.rootSize);
      let level: number | undefined;
      do {
        starts.unshift(block.position);
        cursor.seek(block, NO_KEY);
        entry.read(cursor, level === undefined ? undefined : level - 1);
        level = entry.level;
        if (level > 0) block = yield* this.block(entry.position, entry.size);
      } while (level > 0);
      if (entry.position !== 0) throw block.damage('INDEX_POSITION', `first data block at ${entry.position}`, cursor.valueStart);
      starts.unshift(0);
    }
    return (this.#levels = starts);
  }

  /** The bytes of the file from `start` to `end`. */
  *bytes(start: number, end: number): Core<Uint8Array> {
    return (yield* this.#file.read(start, end - start, 0, end)).subarray(0, end - start);
  }
}

/** A block that must end, with its padding, by `limit`. */
function endingBy(limit: number, block: Block): Block {
  if (block.end > limit) throw block.damage('BLOCK_LENGTH', 'block runs into what follows');
  return block;
}
