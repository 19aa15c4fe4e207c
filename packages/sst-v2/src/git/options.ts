import type { Hash } from '@reftable/block';
import { checkNumber, checkU64, ReftableError } from '@reftable/varint';
import type { SstOptions } from '../options.js';
import { LOG_KEY } from './key.js';
import type { GitStorage } from './metadata.js';

/** How a Git table is written: as any table of the container, but that blocks which hold only logs are compressed, unless `codec` says something else. */
export interface GitTableOptions extends SstOptions {
  /** The repository's hash. Default `sha1`. */
  readonly hash?: Hash;
  /** The version of Git's conventions. Default 3. 2 is exactly the proposal: for SHA-1 alone, and with logs that can't be merged as they stand. */
  readonly gitStorage?: GitStorage;
  /** Whether a table whose refs take more than three blocks gets object records, by which refs are found by object id. Default true. */
  readonly indexObjects?: boolean;
  /** As in `TableOptions`: how many mentions of object ids are held at most. Default: all. */
  readonly maxMentions?: number;
  /** Whether log messages are stored as given. Default false: as Git does, a message is one line, and is ended with a newline. */
  readonly exactLogMessages?: boolean;
  /** The least update index that a ref in the table may have. Default: the least that one has, or a log update. */
  readonly minUpdateIndex?: number | bigint;
  /** The greatest update index that a ref or a log update in the table may have. Default: the greatest that one has. */
  readonly maxUpdateIndex?: number | bigint;
}

/** Refuses options that contradict each other. @throws `GIT_STORAGE`, `LIMITS`, `NUMBER_RANGE` (misuse) */
export function checkOptions({ hash = 'sha1', gitStorage = 3, maxMentions = 0, minUpdateIndex = 0, maxUpdateIndex }: GitTableOptions): void {
  if (gitStorage === 2 && hash !== 'sha1') throw new ReftableError('misuse', 'GIT_STORAGE', `GitStorage 2 has no room to say that ids are of ${hash}`);
  checkNumber(maxMentions, Number.MAX_SAFE_INTEGER);
  checkU64(minUpdateIndex);
  if (maxUpdateIndex === undefined) return;
  checkU64(maxUpdateIndex);
  if (minUpdateIndex > maxUpdateIndex) throw new ReftableError('misuse', 'LIMITS', `update indexes from ${minUpdateIndex} to ${maxUpdateIndex}`);
}

/** Options for the container: its own, and a codec for logs. */
export function containerOptions(options: GitTableOptions): SstOptions {
  return { codec: (firstKey) => (firstKey[0] === LOG_KEY ? 'zlib' : 'stored'), ...options };
}
