import { textBytes } from '@reftable/block';
import {
  Cursor,
  CursorSync,
  performRead,
  performReadSync,
  RecordIterator,
  run,
  runSync,
  type BlockSource,
  type BlockSourceSync,
  type CursorCore,
} from '@reftable/io';
import type { ReadOptions } from './block-store.js';
import { BoundedCursor, type SstRange } from './bounded-cursor.js';
import { containerVersion } from './footer.js';
import type { SstRecord, SstView } from './record.js';
import { openSstCore, type BlockInfo, type IndexRecord, type SstCore } from './sst-core.js';
import type { SstStatistics } from './statistics.js';

/** What a table says of itself. */
export interface SstInfo {
  /** The container version: 1, or from 128 on an experiment. */
  readonly version: number;
  /** Bytes of the file. */
  readonly size: number;
  /** To how many bytes stored blocks are padded; 0: they are not. */
  readonly blockSize: number;
  /** Whether each block has a checksum: an experiment. */
  readonly hasChecksums: boolean;
  /** What the writer of the table put there. */
  readonly metadata: Uint8Array;
}

/** One table. Every method throws a format error where it meets damage, `CODEC` (unsupported), and whatever the source throws. */
export class Sst {
  readonly #core: SstCore;

  constructor(core: SstCore) {
    this.#core = core;
  }

  /** What the table says of itself. */
  get info(): SstInfo {
    return infoOf(this.#core);
  }

  /** The record with this key; undefined if there is none. */
  get(key: string | Uint8Array): Promise<SstRecord | undefined> {
    return run(this.#core.find(textBytes(key)), performRead);
  }

  /** Records, in the order of their keys' bytes, or in reverse. */
  async *records(range: SstRange = {}): AsyncGenerator<SstRecord, void, undefined> {
    const cursor = this.cursor(range);
    while (cursor.next() || (await cursor.load())) yield cursor.record.toRecord();
  }

  /** The fast way through many records. In a reverse range `seek` goes to the last record at or before a key. */
  cursor(range: SstRange = {}): Cursor<SstView> {
    return new Cursor(cursorIn(this.#core, range));
  }

  /** Every block, in the order of the file. */
  async *blocks(): AsyncGenerator<BlockInfo, void, undefined> {
    for (let position = 0; position < this.#core.end; ) {
      const block = await run(this.#core.blockAt(position), performRead);
      yield block;
      position = block.end;
    }
  }

  /** What the index block at `position`, an offset in the file, says of the blocks that it is over. */
  indexIn(position: number): Promise<IndexRecord[]> {
    return run(this.#core.indexIn(position), performRead);
  }

  /** Reads all of the table, checks that index, restarts and padding are right too, and returns what it came to. @throws a format error at the first damage */
  verify(): Promise<SstStatistics> {
    return run(this.#core.verify(), performRead);
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await (this.#core.source as BlockSource).close();
  }
}

/** The sync face of {@link Sst}. */
export class SstSync {
  readonly #core: SstCore;

  constructor(core: SstCore) {
    this.#core = core;
  }

  /** As {@link Sst.info}. */
  get info(): SstInfo {
    return infoOf(this.#core);
  }

  /** As {@link Sst.get}. */
  get(key: string | Uint8Array): SstRecord | undefined {
    return runSync(this.#core.find(textBytes(key)), performReadSync);
  }

  /** As {@link Sst.records}. */
  records(range: SstRange = {}): IterableIterator<SstRecord, undefined> {
    return new RecordIterator(cursorIn(this.#core, range), (record) => record.toRecord());
  }

  /** As {@link Sst.cursor}. */
  cursor(range: SstRange = {}): CursorSync<SstView> {
    return new CursorSync(cursorIn(this.#core, range));
  }

  /** As {@link Sst.blocks}. */
  *blocks(): Generator<BlockInfo, void, undefined> {
    for (let position = 0; position < this.#core.end; ) {
      const block = runSync(this.#core.blockAt(position), performReadSync);
      yield block;
      position = block.end;
    }
  }

  /** As {@link Sst.indexIn}. */
  indexIn(position: number): IndexRecord[] {
    return runSync(this.#core.indexIn(position), performReadSync);
  }

  /** As {@link Sst.verify}. */
  verify(): SstStatistics {
    return runSync(this.#core.verify(), performReadSync);
  }

  /** As {@link Sst.close}. */
  close(): void {
    (this.#core.source as BlockSourceSync).closeSync();
  }
}

/**
 * Opens a table: reads its footer.
 * @throws a format error, `VERSION` (unsupported), and whatever the source throws; the source then stays open
 */
export async function openSst(source: BlockSource, options?: ReadOptions): Promise<Sst> {
  return new Sst(await run(openSstCore(source, options), performRead));
}

/** The sync face of {@link openSst}. */
export function openSstSync(source: BlockSourceSync, options?: ReadOptions): SstSync {
  return new SstSync(runSync(openSstCore(source, options), performReadSync));
}

function cursorIn(core: SstCore, range: SstRange): CursorCore<SstView> {
  return new BoundedCursor(range.reverse === true ? core.reverseCursor() : core.cursor(), range);
}

function infoOf({ source, footer }: SstCore): SstInfo {
  const { blockSize, hasChecksums, metadata } = footer;
  return { version: containerVersion(hasChecksums), size: source.size, blockSize, hasChecksums, metadata };
}
