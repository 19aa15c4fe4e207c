import { isExistenceMarker, type LogUpdate } from '@reftable/block';
import type { LogView } from '@reftable/table';

/** Which log entries a compaction leaves out: those to which any of this applies. What says that a log exists though it has no entries stays. */
export interface LogExpiry {
  /** Older than this time, in seconds since 1970. */
  readonly before?: number;
  /** Of an update index below this. */
  readonly minUpdateIndex?: number | bigint;
  /** Picked by the caller. */
  readonly expires?: (log: LogUpdate) => boolean;
}

/** Whether the entry that a cursor is at is to be left out. */
export function isExpired(view: LogView, { before = 0, minUpdateIndex = 0, expires }: LogExpiry): boolean {
  const log = view.log();
  if (log.kind === 'deletion' || isExistenceMarker(log)) return false;
  return log.time < before || view.updateIndexExact < minUpdateIndex || (expires?.(log) ?? false);
}
