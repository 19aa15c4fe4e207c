import { BLOCK_HEADER_SIZE, idSize, type Block, type Hash, type Ref } from '@reftable/block';
import { decodeObjectPositions } from '@reftable/block/object-index';
import { ReadRequest, type Core, type SourceInfo } from '@reftable/io';
import { type ReftableError } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import { BlockStore } from './block-store.js';
import type { AnyTableCore, FoundRef } from './reader-core.js';
import { RefLookup } from './ref-lookup.js';
import { formatError } from './errors.js';
import { footerSize, parseFooter, type SectionPositions } from './footer.js';
import { headerSize, MAX_HEADER_SIZE, parseHeader, type Header } from './header.js';
import { layOut, type Layout } from './layout.js';
import { SectionCursor } from './section-cursor.js';
import { TableLogCursor, TableRefCursor } from './table-cursors.js';

/** How a table is read. */
export interface ReadOptions {
  /** The most bytes of blocks that are kept for later lookups. Default 32 MiB. */
  readonly cacheSize?: number;
}

const DEFAULT_CACHE_SIZE = 32 << 20;

/** One table, below its sync and async faces. */
export class TableCore implements AnyTableCore {
  readonly source: SourceInfo;
  readonly header: Header;
  readonly positions: SectionPositions;
  readonly hash: Hash;
  readonly idSize: number;
  readonly #layout: Layout;
  readonly #store: BlockStore;
  readonly #lookup = new RefLookup(() => this.refCursor());

  constructor(source: SourceInfo, header: Header, positions: SectionPositions, layout: Layout, cacheSize: number) {
    this.source = source;
    this.header = header;
    this.positions = positions;
    this.hash = header.hash;
    this.idSize = idSize(header.hash);
    this.#layout = layout;
    const { version, blockSize } = header;
    this.#store = new BlockStore(source, { headerSize: headerSize(version), blockSize, end: layout.end, cacheSize });
  }

  get minUpdateIndex(): bigint {
    return this.header.minUpdateIndex;
  }
  get maxUpdateIndex(): bigint {
    return this.header.maxUpdateIndex;
  }

  refCursor(): TableRefCursor {
    return new TableRefCursor(this.#cursor('refs'), this.idSize, this.minUpdateIndex);
  }

  logCursor(): TableLogCursor {
    return new TableLogCursor(this.#cursor('logs'), this.idSize);
  }

  findRef(name: Uint8Array, length: number, text?: string): FoundRef {
    return this.#lookup.find(name, length, text);
  }

  *refsByObject(id: Uint8Array): Core<Ref[]> {
    const found: Ref[] = [];
    const cursor = this.refCursor();
    const positions = this.#layout.objects === undefined ? undefined : yield* this.#positionsOf(id);
    if (positions === undefined) {
      while (cursor.next() || (yield* cursor.load())) if (cursor.mentions(id)) found.push(cursor.ref());
    } else {
      for (const position of positions) {
        yield* cursor.seekBlock(position);
        while (cursor.next()) if (cursor.mentions(id)) found.push(cursor.ref());
      }
    }
    return found;
  }

  /** The block at `position`, an offset in the file. */
  *blockAt(position: number): Core<Block> {
    return yield* this.#store.scan(position, 1);
  }

  /** Where the blocks begin, and where the footer does. */
  get blockRange(): { readonly start: number; readonly end: number } {
    const { refs, logs, end } = this.#layout;
    return { start: (refs ?? logs)?.start ?? end, end };
  }

  /** The positions of the ref blocks that mention an id, by the object section; undefined: any may. */
  *#positionsOf(id: Uint8Array): Core<readonly number[] | undefined> {
    const cursor = this.#cursor('objects');
    const { objectIdLength } = this.positions;
    if (!cursor.seek(id, objectIdLength)) yield* cursor.settle();
    const { record } = cursor;
    if (!record.next() && !(yield* cursor.load())) return [];
    if (record.keyLength !== objectIdLength) {
      throw record.block!.damage('OBJECT_ID_LENGTH', `object record with a key of ${record.keyLength} bytes`);
    }
    if (!hasBytesAt(id, 0, record.key, objectIdLength)) return [];
    return decodeObjectPositions(record, this.#layout.refs?.end ?? 0);
  }

  #cursor(section: 'refs' | 'objects' | 'logs'): SectionCursor {
    return new SectionCursor(this.#store, this.#layout[section], this.idSize);
  }
}

/**
 * Opens a table: reads its header and footer, with a request each.
 * @throws `FILE_TOO_SHORT`, `MAGIC`, `LIMITS`, `FOOTER_CRC`, `FOOTER_HEADER`, `SECTION_POSITION`, `OBJECT_ID_LENGTH`, `BLOCK_TYPE` (format),
 *   `VERSION`, `HASH_ID` (unsupported), and whatever the source throws
 */
export function* openTableCore(source: SourceInfo, options: ReadOptions = {}): Core<TableCore> {
  const { size, name: file } = source;
  if (size < headerSize(1) + footerSize(1)) throw tooShort(source);
  const head = new ReadRequest(source, 0, MAX_HEADER_SIZE + BLOCK_HEADER_SIZE);
  yield head;
  const header = parseHeader(head.bytes, 0, file);
  const start = size - footerSize(header.version);
  if (start < headerSize(header.version)) throw tooShort(source);
  const tail = new ReadRequest(source, start, size - start);
  yield tail;
  const positions = parseFooter(tail.bytes, start, header, file);
  const firstType = start > headerSize(header.version) ? head.bytes[headerSize(header.version)] : undefined;
  const layout = layOut(header.version, positions, firstType, start, file);
  return new TableCore(source, header, positions, layout, options.cacheSize ?? DEFAULT_CACHE_SIZE);
}

function tooShort({ size, name }: SourceInfo): ReftableError {
  return formatError('FILE_TOO_SHORT', `file of ${size} bytes has no room for a header and a footer`, 0, name);
}
