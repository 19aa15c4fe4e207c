import { BlockCursor, type Block } from '@reftable/block';
import { ReadRequest, type Core, type SourceInfo } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import { BlockStore, type ReadOptions } from './block-store.js';
import { codecOf, type Codec } from './container-block.js';
import { footerSizeIn, MIN_FOOTER_SIZE, parseFooter, type Footer } from './footer.js';
import { IndexEntry } from './index-entry.js';
import type { SstRecord } from './record.js';
import { ReverseCursor } from './reverse-cursor.js';
import { SstCursor } from './sst-cursor.js';
import type { SstStatistics } from './statistics.js';
import { verifyTable } from './verify.js';

/** How much of the file's end is read to find the footer: often the root of the index is there, too. */
const TAIL = 4096;

const NO_KEY = new Uint8Array(0);

/** What is known of a block of a table. */
export interface BlockInfo {
  /** 0: a data block; n: an index block of level n. */
  readonly level: number;
  /** Offset in the file. */
  readonly position: number;
  /** Bytes in the file, without padding. */
  readonly size: number;
  /** Offset in the file at which the next block starts, or the footer. */
  readonly end: number;
  readonly codec: Codec;
  readonly restarts: number;
}

/** What an index record says of a block. */
export interface IndexRecord {
  readonly lastKey: Uint8Array;
  readonly level: number;
  readonly position: number;
  readonly size: number;
}

/** One table, below its sync and async faces. */
export class SstCore {
  readonly source: SourceInfo;
  readonly footer: Footer;
  readonly #store: BlockStore;
  /** A cursor that no lookup is using. */
  #idle: SstCursor | undefined;

  constructor(source: SourceInfo, footer: Footer, store: BlockStore) {
    this.source = source;
    this.footer = footer;
    this.#store = store;
  }

  /** Where the blocks end and the footer starts. */
  get end(): number {
    return this.#store.end;
  }

  /** A cursor from the first record on. */
  cursor(): SstCursor {
    return new SstCursor(this.#store);
  }

  /** A cursor from the last record on, backwards. */
  reverseCursor(): ReverseCursor {
    return new ReverseCursor(this.#store);
  }

  /** The record with this key. */
  *find(key: Uint8Array): Core<SstRecord | undefined> {
    // One cursor serves all lookups that do not overlap.
    const cursor = this.#idle ?? this.cursor();
    this.#idle = undefined;
    if (!cursor.seek(key, key.length)) yield* cursor.settle();
    const isThere = (cursor.next() || (yield* cursor.load())) && cursor.keyLength === key.length && hasBytesAt(cursor.key, 0, key);
    const record = isThere ? cursor.toRecord() : undefined;
    this.#idle = cursor;
    return record;
  }

  /** What is known of the block at `position`. */
  *blockAt(position: number): Core<BlockInfo> {
    const block = yield* this.#store.scan(position, 1, this.end);
    const level = position < (yield* this.#store.dataEnd()) ? 0 : levelOf(block);
    return { level, position, size: block.sizeOnDisk, end: block.end, codec: codecOf(block), restarts: block.restartCount };
  }

  /** What the index block at `position` says, record by record. @throws `INDEX_*` */
  *indexIn(position: number): Core<IndexRecord[]> {
    const block = yield* this.#store.scan(position, 0, this.end);
    const cursor = new BlockCursor(0);
    const entry = new IndexEntry();
    const records: IndexRecord[] = [];
    cursor.enter(block);
    while (cursor.next()) {
      entry.read(cursor, records[0]?.level);
      records.push({ lastKey: cursor.key.slice(0, cursor.keyLength), level: entry.level, position: entry.position, size: entry.size });
    }
    return records;
  }

  /** Offset in the file at which the data blocks end; with padding, if there is any. */
  dataEnd(): Core<number> {
    return this.#store.dataEnd();
  }

  /** Reads and checks all of the table. */
  verify(): Core<SstStatistics> {
    return verifyTable(this.#store, this.source.size);
  }
}

/** The level of an index block: one above that which its records give. */
function levelOf(block: Block): number {
  const cursor = new BlockCursor(0);
  const entry = new IndexEntry();
  cursor.seek(block, NO_KEY);
  entry.read(cursor, undefined);
  return entry.level + 1;
}

/**
 * Opens a table: reads its footer, mostly with one request.
 * @throws `FILE_TOO_SHORT`, `MAGIC`, `FOOTER_SIZE`, `FOOTER_CRC`, `ROOT_POSITION` (format), `VERSION` (unsupported), and whatever the source throws
 */
export function* openSstCore(source: SourceInfo, options: ReadOptions = {}): Core<SstCore> {
  const { size, name: file } = source;
  if (size < MIN_FOOTER_SIZE) {
    throw new ReftableError('format', 'FILE_TOO_SHORT', `file of ${size} bytes has no room for a footer`, { offset: 0, file });
  }
  let tail = yield* readTail(source, Math.min(size, TAIL));
  const footerSize = footerSizeIn(tail, size, file);
  if (footerSize > tail.length) tail = yield* readTail(source, footerSize);
  const start = size - footerSize;
  const footer = parseFooter(tail.subarray(tail.length - footerSize), start, file);
  return new SstCore(source, footer, new BlockStore(source, footer, start, tail, options));
}

function* readTail(source: SourceInfo, length: number): Core<Uint8Array> {
  const request = new ReadRequest(source, source.size - length, length);
  yield request;
  return request.bytes;
}
