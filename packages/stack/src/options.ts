import type { Hash } from '@reftable/block';
import type { TableOptions } from '@reftable/table';
import { ReftableError } from '@reftable/varint';
import { reftableFormat, type TableFormat } from './table-format.js';

/**
 * What an acknowledged transaction survives.
 * - `full`: a loss of power. Tables and list are synced whole, and the folder before the list points at a new table, before a transaction is
 *   acknowledged, and before anything old is removed.
 * - `none`: the end of this process, but not a loss of power, which may take transactions that were acknowledged, or leave a list or
 *   tables without content, so that the stack can't be opened. It is what Git does, unless its `core.fsync` names `reference`.
 */
export type Durability = 'full' | 'none';

/** How a stack is read and written. The defaults are Git's, but for the durability. */
export interface StackOptions {
  /** The repository's hash: what all tables must be of. Default: what the oldest table is of; `sha1` if there is none. */
  readonly hash?: Hash;
  /** For how many milliseconds a lock is waited for; 0: one try; -1: for ever. Default 100, as `reftable.lockTimeout`. */
  readonly lockTimeout?: number;
  /** What an acknowledged transaction survives. Default `full`. */
  readonly durability?: Durability;
  /** Whether tables are compacted after a transaction where there is reason to. Default true. */
  readonly autoCompaction?: boolean;
  /** How many times larger than the next newer one a table is left alone by automatic compaction: 2 to 255. Default 2, as `reftable.geometricFactor`. */
  readonly geometricFactor?: number;
  /** How new tables are laid out. */
  readonly layout?: TableLayout;
  /** What tables are made of. Default: Git's format. */
  readonly format?: TableFormat;
}

/** How tables are laid out: see `TableOptions`. */
export type TableLayout = Pick<TableOptions, 'blockSize' | 'aligned' | 'restartInterval' | 'indexObjects'>;

/** Options with everything filled in and checked. */
export type StackSettings = Required<Omit<StackOptions, 'hash'>>;

const DURABILITIES: readonly string[] = ['full', 'none'] satisfies Durability[];

/** Fills in the defaults. @throws `GEOMETRIC_FACTOR`, `LOCK_TIMEOUT`, `DURABILITY` (misuse) */
export function resolveStackOptions(options: StackOptions): StackSettings {
  const { lockTimeout = 100, durability = 'full', autoCompaction = true, geometricFactor = 2, layout = {}, format = reftableFormat } = options;
  if (!Number.isInteger(geometricFactor) || geometricFactor < 2 || geometricFactor > 255) {
    throw new ReftableError('misuse', 'GEOMETRIC_FACTOR', `geometric factor ${geometricFactor} is no whole number from 2 to 255`);
  }
  if (!(lockTimeout >= 0 || lockTimeout === -1)) throw new ReftableError('misuse', 'LOCK_TIMEOUT', `lock timeout of ${lockTimeout} ms`);
  if (!DURABILITIES.includes(durability)) throw new ReftableError('misuse', 'DURABILITY', `durability '${durability}' is neither 'full' nor 'none'`);
  return { lockTimeout, durability, autoCompaction, geometricFactor, layout, format };
}
