import { isExistenceMarker, type LogRecord, type LogUpdate } from '@reftable/block';

/** The entries of all logs that were made last. */
export interface Latest {
  /** Newest first. */
  readonly entries: readonly LogUpdate[];
  /** How many there are in all logs. */
  readonly total: number;
}

/**
 * Looks for the latest of many entries, by time: in a repository that was migrated, update indexes tell nothing of the order of entries
 * of different logs. Among those of one second they do, and are what is left.
 */
export function latestEntries(logs: Iterable<LogRecord>, limit: number): Latest {
  let entries: LogUpdate[] = [];
  let total = 0;
  for (const log of logs) {
    if (log.kind === 'deletion' || isExistenceMarker(log)) continue;
    total++;
    entries.push(log);
    // Sorted now and then, not each time: the cost for each entry stays small, and few are held.
    if (entries.length > 2 * limit + 1000) entries = newest(entries, limit);
  }
  return { entries: newest(entries, limit), total };
}

function newest(entries: readonly LogUpdate[], limit: number): LogUpdate[] {
  return entries.toSorted((a, b) => b.time - a.time || b.updateIndex - a.updateIndex).slice(0, limit);
}
