/* From Git's format to the proposed one and back: every record as it is stored, tombstones included, one at a time. */
import { performRead, performReadSync, run, runSync, type Core, type Sink } from '@reftable/io';
import { TableWriter, type AnyTableCore, type LogView, type RefView, type TableOptions, type TableStatistics } from '@reftable/table';
import { GitTableWriter, type GitTableStatistics } from './git-table-writer.js';
import type { GitTableOptions } from './options.js';

/** What can be converted: a table of either format. */
export interface Convertible {
  /** The table below its face, which for the sync functions here must be a sync one. */
  readonly tableCore: AnyTableCore;
}

/** The options that a table's own hash and limits stand for where they are not given. */
export type ConversionOptions = Omit<Partial<TableOptions>, 'hash' | 'exactLogMessages'>;

/** Where records are copied to. */
interface RecordWriter {
  copyRef(ref: RefView): void;
  copyLog(log: LogView): void;
}

/** Copies all that a table holds, tombstones included. @throws as the table's cursors and the writer do */
function* copyRecords(from: AnyTableCore, to: RecordWriter): Core<void> {
  const refs = from.refCursor();
  while (refs.next() || (yield* refs.load())) to.copyRef(refs.record);
  const logs = from.logCursor();
  while (logs.next() || (yield* logs.load())) to.copyLog(logs.record);
}

/** As {@link convertToV2}, below its faces. */
export function* convertToV2Core(from: AnyTableCore, sink: Sink, options: GitTableOptions = {}): Core<GitTableStatistics> {
  const { hash, minUpdateIndex, maxUpdateIndex } = from;
  const writer = new GitTableWriter(sink, { minUpdateIndex, maxUpdateIndex, ...options, hash });
  yield* copyRecords(from, writer);
  return writer.finish();
}

/** As {@link convertToV1}, below its faces. */
export function* convertToV1Core(from: AnyTableCore, sink: Sink, options: ConversionOptions = {}): Core<TableStatistics> {
  const { hash, minUpdateIndex, maxUpdateIndex } = from;
  const writer = new TableWriter(sink, { minUpdateIndex, maxUpdateIndex, ...options, hash, exactLogMessages: true });
  yield* copyRecords(from, writer);
  return writer.finish();
}

/**
 * Writes a table in the proposed container: all records, and the update indexes that bound them.
 * @param table of Git's format, or of the proposed one, to be written with other options
 * @throws as the table's reader and {@link GitTableWriter} do; what is in the sink then is of no use
 */
export function convertToV2(table: Convertible, sink: Sink, options?: GitTableOptions): Promise<GitTableStatistics> {
  return run(convertToV2Core(table.tableCore, sink, options), performRead);
}

/** The sync face of {@link convertToV2}. */
export function convertToV2Sync(table: Convertible, sink: Sink, options?: GitTableOptions): GitTableStatistics {
  return runSync(convertToV2Core(table.tableCore, sink, options), performReadSync);
}

/**
 * Writes a table in Git's format: the same bytes as if its records had never been in another.
 * @throws as the table's reader and `TableWriter` do: `RECORD_TOO_LARGE` (with `minimumBlockSize`) above all, since a block of Git's format can't grow.
 *   What is in the sink then is of no use
 */
export function convertToV1(table: Convertible, sink: Sink, options?: ConversionOptions): Promise<TableStatistics> {
  return run(convertToV1Core(table.tableCore, sink, options), performRead);
}

/** The sync face of {@link convertToV1}. */
export function convertToV1Sync(table: Convertible, sink: Sink, options?: ConversionOptions): TableStatistics {
  return runSync(convertToV1Core(table.tableCore, sink, options), performReadSync);
}
