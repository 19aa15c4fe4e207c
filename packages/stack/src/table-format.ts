/* What a stack's tables are made of. The stack itself does not know. */
import type { Hash, LogInput, RefInput } from '@reftable/block';
import type { Core, Pausing, Sink, SourceInfo } from '@reftable/io';
import { openTableCore, TableWriter, type AnyTableCore, type LogView, type RefView, type TableOptions } from '@reftable/table';

/** A table of a stack, below its faces. */
export interface OpenTableCore extends AnyTableCore {
  readonly source: SourceInfo;
}

/** Writes a table: refs by name, then log entries by name and from the newest on, then the end. */
export interface AnyTableWriter {
  /** @param updateIndex what it is written with; default: its own */
  addRef(ref: RefInput, updateIndex?: number | bigint): void;
  /** @param updateIndex as in `addRef` */
  addLog(log: LogInput, updateIndex?: number | bigint): void;
  /** Adds the ref that a cursor is at, as it is stored there. */
  copyRef(ref: RefView): void;
  /** Adds the log entry that a cursor is at, as it is stored there. */
  copyLog(log: LogView): void;
  /**
   * Ends the refs, and writes what follows from them. Log entries and the end are written after that. True, only where the options set a bound to what it
   * may hold: all refs are to be repeated, and this to be called again.
   */
  endRefs(): Pausing<boolean>;
  /** Gives a ref again, where `endRefs` asks for that. */
  repeatRef(ref: RefView): void;
  /** Writes what is left. */
  end(): Pausing<unknown>;
}

/** A format that tables are read in. */
export interface ReadableFormat {
  open(source: SourceInfo): Core<OpenTableCore>;
}

/** A format that tables are stored in. */
export interface TableFormat extends ReadableFormat {
  /** How the names of its files end. */
  readonly ending: string;
  /** Bytes of a table that hold no records, which do not count when it is decided what to compact. */
  overhead(hash: Hash): number;
  /**
   * The fewest bytes of a table, without the {@link overhead}, that has so many refs whose object ids and targets are so many bytes in all. A format
   * that deflates them can't tell, and does without this.
   */
  leastSize?(refs: number, values: number): number;
  createWriter(sink: Sink, options: TableOptions): AnyTableWriter;
}

/** Git's format, versions 1 and 2, as far as it is read. */
export const readableReftable: ReadableFormat = { open: (source) => openTableCore(source) };

/** Git's format, versions 1 and 2. */
export const reftableFormat: TableFormat = {
  ...readableReftable,
  ending: '.ref',
  // Header and footer, less one byte: as Git reckons.
  overhead: (hash) => (hash === 'sha1' ? 24 + 68 : 28 + 72) - 1,
  // Besides its value, a ref takes at least four bytes: two lengths, a byte by which its name differs from the one before, and its update index.
  leastSize: (refs, values) => 4 * refs + values,
  createWriter: (sink, options) => new TableWriter(sink, options),
};
