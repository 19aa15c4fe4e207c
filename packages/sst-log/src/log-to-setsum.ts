import { insertEntry } from './entry-setsum.js';
import type { EntryView } from './entry.js';
import type { LogReader, LogReaderSync } from './log-reader.js';
import { Setsum } from './setsum.js';

/** The setsum of all entries of a log, as its writer's `seal` gives it: the log is read to its end. @throws what the reader throws */
export async function logToSetsum(log: LogReader): Promise<Setsum> {
  const setsum = new Setsum();
  while (log.next() || (await log.load())) insert(setsum, log.entry);
  return setsum;
}

/** The sync face of {@link logToSetsum}. */
export function logToSetsumSync(log: LogReaderSync): Setsum {
  const setsum = new Setsum();
  while (log.next() || log.load()) insert(setsum, log.entry);
  return setsum;
}

function insert(setsum: Setsum, { kind, key, timestampLow, timestampHigh, value }: EntryView): void {
  insertEntry(setsum, key, timestampLow, timestampHigh, kind === 'put' ? value : undefined);
}
