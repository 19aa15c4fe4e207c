import { saturate, type Block, type Hash } from '@reftable/block';
import { performRead, performReadSync, run, runSync, type BlockSource, type BlockSourceSync } from '@reftable/io';
import type { Header } from './header.js';
import { Reader } from './reader.js';
import { ReaderSync } from './reader-sync.js';
import { openTableCore, type ReadOptions, type TableCore } from './table-core.js';

/** What a table says of itself. */
export interface TableInfo {
  /** Version of the format. */
  readonly version: Header['version'];
  readonly hash: Hash;
  /** To how many bytes blocks are padded; 0: they are not. */
  readonly blockSize: number;
  /** 2^53-1 where it is beyond that. */
  readonly minUpdateIndex: number;
  readonly minUpdateIndexExact: bigint;
  readonly maxUpdateIndex: number;
  readonly maxUpdateIndexExact: bigint;
  /** Bytes of the file. */
  readonly size: number;
}

/** One table. Tombstones are shown only where asked for. */
export class Table extends Reader {
  declare protected readonly core: TableCore;

  /** What the table says of itself. */
  get info(): TableInfo {
    return infoOf(this.core);
  }

  /** The table below this face, for what is built on tables. */
  get tableCore(): TableCore {
    return this.core;
  }

  /** Every block, in the order of the file: kind, place and size. */
  async *blocks(): AsyncGenerator<Block, void, undefined> {
    for (let { start: position, end } = this.core.blockRange; position < end; ) {
      const block = await run(this.core.blockAt(position), performRead);
      yield block;
      position = block.end;
    }
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await (this.core.source as BlockSource).close();
  }
}

/** The sync face of {@link Table}. */
export class TableSync extends ReaderSync {
  declare protected readonly core: TableCore;

  /** As {@link Table.info}. */
  get info(): TableInfo {
    return infoOf(this.core);
  }

  /** As {@link Table.tableCore}. */
  get tableCore(): TableCore {
    return this.core;
  }

  /** As {@link Table.blocks}. */
  *blocks(): Generator<Block, void, undefined> {
    for (let { start: position, end } = this.core.blockRange; position < end; ) {
      const block = runSync(this.core.blockAt(position), performReadSync);
      yield block;
      position = block.end;
    }
  }

  /** As {@link Table.close}. */
  close(): void {
    (this.core.source as BlockSourceSync).closeSync();
  }
}

/**
 * Opens a table: reads its header and footer.
 * @throws a format error, `VERSION` or `HASH_ID` (unsupported), and whatever the source throws; the source then stays open
 */
export async function openTable(source: BlockSource, options?: ReadOptions): Promise<Table> {
  return new Table(await run(openTableCore(source, options), performRead));
}

/** The sync face of {@link openTable}. */
export function openTableSync(source: BlockSourceSync, options?: ReadOptions): TableSync {
  return new TableSync(runSync(openTableCore(source, options), performReadSync));
}

function infoOf({ header, source }: TableCore): TableInfo {
  const { version, hash, blockSize, minUpdateIndex, maxUpdateIndex } = header;
  return {
    version,
    hash,
    blockSize,
    minUpdateIndex: saturate(minUpdateIndex),
    minUpdateIndexExact: minUpdateIndex,
    maxUpdateIndex: saturate(maxUpdateIndex),
    maxUpdateIndexExact: maxUpdateIndex,
    size: source.size,
  };
}
