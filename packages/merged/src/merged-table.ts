import type { Hash } from '@reftable/block';
import { Reader, ReaderSync, type AnyTableCore } from '@reftable/table';
import { MergedCore } from './merged-core.js';

/** What a table has below its face: a `Table` of the package `table`, or one of another format. */
interface HasTableCore {
  readonly tableCore: AnyTableCore;
}

/**
 * Several tables as one, with the reading surface of a table: newer records hide older ones of the same key, tombstones hide and are shown
 * only where asked for. The tables stay the caller's to close.
 */
export class MergedTable extends Reader {
  declare protected readonly core: MergedCore;

  /**
   * @param tables oldest first
   * @param hash the hash, if there is no table to tell; default `sha1`
   * @throws `MIXED_HASHES` (misuse)
   */
  constructor(tables: readonly (Reader & HasTableCore)[], hash?: Hash) {
    super(new MergedCore(tables.map((table) => table.tableCore), hash));
  }

  /** The tables' hash. */
  get hash(): Hash {
    return this.core.hash;
  }
}

/** The sync face of {@link MergedTable}. */
export class MergedTableSync extends ReaderSync {
  declare protected readonly core: MergedCore;

  /** As {@link MergedTable}. */
  constructor(tables: readonly (ReaderSync & HasTableCore)[], hash?: Hash) {
    super(new MergedCore(tables.map((table) => table.tableCore), hash));
  }

  /** As {@link MergedTable.hash}. */
  get hash(): Hash {
    return this.core.hash;
  }
}
