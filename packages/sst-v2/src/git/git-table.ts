import { saturate, type Hash } from '@reftable/block';
import { performRead, performReadSync, run, runSync, type BlockSource, type BlockSourceSync } from '@reftable/io';
import { Reader, ReaderSync } from '@reftable/table';
import type { ReadOptions } from '../block-store.js';
import { Sst, SstSync } from '../sst.js';
import type { SstStatistics } from '../statistics.js';
import type { GitRecord } from './git-record.js';
import { openGitTableCore, type GitTableCore } from './git-table-core.js';
import type { GitStatistics, GitStorage } from './metadata.js';

/** What a Git table says of itself. */
export interface GitTableInfo {
  readonly gitStorage: GitStorage;
  readonly hash: Hash;
  /** To how many bytes stored blocks are padded; 0: they are not. */
  readonly blockSize: number;
  /** 2^53-1 where it is beyond that. */
  readonly minUpdateIndex: number;
  readonly minUpdateIndexExact: bigint;
  readonly maxUpdateIndex: number;
  readonly maxUpdateIndexExact: bigint;
  /** How many records of each kind there are; undefined in GitStorage 2. */
  readonly statistics: GitStatistics | undefined;
  /** Bytes of the file. */
  readonly size: number;
}

/** One Git table in the proposed container, with the reading surface of a `Table`. Tombstones are shown only where asked for. */
export class GitTable extends Reader {
  declare protected readonly core: GitTableCore;

  /** What the table says of itself. */
  get info(): GitTableInfo {
    return infoOf(this.core);
  }

  /** The table below this face, for what is built on tables. */
  get tableCore(): GitTableCore {
    return this.core;
  }

  /** The container that the table is in. */
  get sst(): Sst {
    return new Sst(this.core.sst);
  }

  /** The records of the data block at `position`, an offset in the file, as they are stored. */
  recordsIn(position: number): Promise<GitRecord[]> {
    return run(this.core.recordsIn(position), performRead);
  }

  /** Reads and checks all of the table: the container as `Sst.verify` does, every record, and what the metadata says of them. @throws a format error at the first damage */
  verify(): Promise<SstStatistics> {
    return run(this.core.verify(), performRead);
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await (this.core.source as BlockSource).close();
  }
}

/** The sync face of {@link GitTable}. */
export class GitTableSync extends ReaderSync {
  declare protected readonly core: GitTableCore;

  /** As {@link GitTable.info}. */
  get info(): GitTableInfo {
    return infoOf(this.core);
  }

  /** As {@link GitTable.tableCore}. */
  get tableCore(): GitTableCore {
    return this.core;
  }

  /** As {@link GitTable.sst}. */
  get sst(): SstSync {
    return new SstSync(this.core.sst);
  }

  /** As {@link GitTable.recordsIn}. */
  recordsIn(position: number): GitRecord[] {
    return runSync(this.core.recordsIn(position), performReadSync);
  }

  /** As {@link GitTable.verify}. */
  verify(): SstStatistics {
    return runSync(this.core.verify(), performReadSync);
  }

  /** As {@link GitTable.close}. */
  close(): void {
    (this.core.source as BlockSourceSync).closeSync();
  }
}

/**
 * Opens a Git table: reads its footer.
 * @throws a format error, `VERSION`, `GIT_STORAGE` or `HASH_ID` (unsupported), and whatever the source throws; the source then stays open
 */
export async function openGitTable(source: BlockSource, options?: ReadOptions): Promise<GitTable> {
  return new GitTable(await run(openGitTableCore(source, options), performRead));
}

/** The sync face of {@link openGitTable}. */
export function openGitTableSync(source: BlockSourceSync, options?: ReadOptions): GitTableSync {
  return new GitTableSync(runSync(openGitTableCore(source, options), performReadSync));
}

function infoOf({ metadata, sst, source }: GitTableCore): GitTableInfo {
  const { gitStorage, hash, minUpdateIndex, maxUpdateIndex, statistics } = metadata;
  return {
    gitStorage,
    hash,
    blockSize: sst.footer.blockSize,
    minUpdateIndex: saturate(minUpdateIndex),
    minUpdateIndexExact: minUpdateIndex,
    maxUpdateIndex: saturate(maxUpdateIndex),
    maxUpdateIndexExact: maxUpdateIndex,
    statistics,
    size: source.size,
  };
}
