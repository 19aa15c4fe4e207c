/* Merging neighbouring tables into one, while others go on writing. */
import { MAX_BLOCK_SIZE } from '@reftable/block';
import { MergedCore } from '@reftable/merged';
import type { TableOptions } from '@reftable/table';
import { isReftableError, ReftableError } from '@reftable/varint';
import { rangeToMerge, type TableRange } from './geometry.js';
import { isSameList, openTables, readList } from './load-tables.js';
import { freeAfter, takeLock } from './lock.js';
import { isExpired, type LogExpiry } from './log-expiry.js';
import { publish } from './publish.js';
import { ask, tidy, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import type { ListedTable, StackState } from './stack-state.js';
import type { NewFile } from './storage.js';
import { TableFile } from './table-file.js';
import type { AnyTableWriter } from './table-format.js';
import { LIST_NAME } from './table-name.js';

/** How far a compaction has come. */
export interface CompactionProgress {
  /** Records that were written. */
  readonly entries: number;
  /** Bytes that were written. */
  readonly bytes: number;
}

/** What a compaction does besides merging. */
export interface CompactionExtras {
  /** Which log entries are left out. */
  readonly expire?: LogExpiry;
  /** Told now and then. If it throws, the compaction ends without a trace. */
  readonly onProgress?: (progress: CompactionProgress) => void;
}

/** How many mentions of object ids are held at a time: 48 MiB of SHA-1, 72 of SHA-256. Where there are more, tables are read several times. */
const MAX_MENTIONS = 1 << 21;

/** After how many refs that are read again the progress is told. */
const REPORTED = 1 << 16;

/** A table, in the stack or not yet. */
type HasCore = Pick<ListedTable, 'core'>;

/** What a compaction is to do. */
interface Plan extends CompactionExtras {
  /** Chooses from the tables that there are, oldest first; undefined: there is nothing to do. */
  readonly choose: (tables: readonly ListedTable[]) => TableRange | undefined;
  /** Whether it makes do with the newest tables of the range, two at least, where others are locked. */
  readonly isBestEffort: boolean;
  /** What is done where the list has changed: the choice is made anew, or it is an error. */
  readonly whenChanged: 'reload' | 'fail';
}

/** Merges the tables that Git would. That it fails is only counted, and kept in the statistics: no transaction depends on it. */
export function* compactAutomatically(stack: StackCore): Steps<void> {
  try {
    yield* compact(stack, { choose: (tables) => automaticRange(stack, tables), isBestEffort: true, whenChanged: 'reload' });
  } catch (error) {
    stack.compactions.lastError = error;
  }
}

/** The tables that an automatic compaction would merge now; undefined if it would none. */
export function automaticRange(stack: StackCore, tables: readonly HasCore[]): TableRange | undefined {
  return rangeToMerge(countedSizes(stack, tables), stack.settings.geometricFactor);
}

/** What counts of each table's size when it is decided what to merge. */
export function countedSizes({ settings }: StackCore, tables: readonly HasCore[]): number[] {
  return tables.map(({ core }) => core.source.size - settings.format.overhead(core.hash));
}

/** Merges all tables. True if that changed anything. @throws as {@link compact} */
export function* compactAll(stack: StackCore, extras: CompactionExtras): Steps<boolean> {
  // All that there are, not all that this stack has heard of.
  yield* stack.reload();
  const choose = ({ length }: readonly ListedTable[]): TableRange | undefined => {
    return length > (extras.expire === undefined ? 1 : 0) ? { first: 0, last: length - 1 } : undefined;
  };
  return yield* compact(stack, { ...extras, choose, isBestEffort: false, whenChanged: 'reload' });
}

/**
 * Merges the tables of a range, counted from the oldest.
 * @throws `TABLE_RANGE` (misuse), also where log entries are to expire and older tables might have them too; `STACK_OUTDATED` (outdated)
 *   where the list has changed before; as {@link compact}
 */
export function* compactRange(stack: StackCore, range: TableRange, extras: CompactionExtras): Steps<boolean> {
  const { first, last } = range;
  const { length } = stack.state.tables;
  const isRange = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last < length;
  if (!isRange || (extras.expire !== undefined && first > 0)) {
    throw new ReftableError('misuse', 'TABLE_RANGE', `tables ${first} to ${last} of ${length}`, { file: stack.place.folder });
  }
  if (first === last && extras.expire === undefined) return false;
  const meant = stack.state.tables.slice(first, last + 1);
  const choose = (tables: readonly ListedTable[]): TableRange => {
    // Another call on this stack may have made it know another list meanwhile.
    if (meant.some(({ name }, index) => tables[first + index]?.name !== name)) throw outdated(stack.place.folder);
    return range;
  };
  return yield* compact(stack, { ...extras, choose, isBestEffort: false, whenChanged: 'fail' });
}

/**
 * Merges tables: locks the list, chooses, locks the tables, frees the list, merges, locks the list again, and replaces them there.
 * @throws `LOCK_HELD` (locked: the list or a table is), `STACK_OUTDATED` (outdated: the tables are not listed any more), as {@link publish},
 *   as a table's reader and writer do: nothing is left of it then, but by `NOT_DURABLE` and `OUTCOME_UNKNOWN`; what the storage throws if a lock can't be removed: the tables may be merged.
 */
function* compact(stack: StackCore, plan: Plan): Steps<boolean> {
  if (plan.choose(stack.state.tables) === undefined) return false;
  const { compactions } = stack;
  compactions.attempts++;
  try {
    return yield* compactUnderLocks(stack, plan);
  } catch (error) {
    compactions.failures++;
    throw error;
  }
}

/** What a compaction has, and is to let go of however it ends. */
interface Held {
  readonly locks: NewFile[];
  /** Keeps the tables open that are merged. */
  state: StackState | undefined;
}

function* compactUnderLocks(stack: StackCore, plan: Plan): Steps<boolean> {
  const held: Held = { locks: [], state: undefined };
  try {
    const listLock = yield* takeLock(stack.place.folder, LIST_NAME, stack.settings.lockTimeout);
    const chosen = yield* freeAfter(listLock, lockTables(stack, plan, held));
    if (chosen === undefined) return false;
    const { tables, isOldest } = chosen;
    const file = yield* mergeTables(stack, tables, isOldest, plan);
    yield* replaceTables(stack, tables, file);
    // Not every system removes what is open.
    release(held);
    yield* removeTables(tables);
    return true;
  } finally {
    release(held);
    for (const lock of held.locks) yield* tidy(ask('discard', lock));
  }
}

function release(held: Held): void {
  held.state?.release();
  held.state = undefined;
}

/** The tables that are merged: by themselves, not by their numbers, which others may change as soon as the list is free. */
interface ChosenTables {
  readonly tables: readonly ListedTable[];
  /** Whether nothing older is there. */
  readonly isOldest: boolean;
}

/** While the list is locked, chooses tables and locks them, from the newest down. Undefined: there is nothing to do. */
function* lockTables(stack: StackCore, plan: Plan, held: Held): Steps<ChosenTables | undefined> {
  const { folder } = stack.place;
  if (plan.whenChanged === 'reload') yield* stack.reload();
  else if (!(yield* stack.isCurrent())) throw outdated(folder);
  // From here on, another call on this stack may make it know another list.
  const { state } = stack;
  state.retain();
  held.state = state;
  const { tables } = state;
  const range = plan.choose(tables);
  if (range === undefined) return undefined;
  let first = range.last + 1;
  try {
    for (; first > range.first; first--) held.locks.push(yield* takeLock(folder, tables[first - 1]!.name, 0));
  } catch (error) {
    if (!plan.isBestEffort || held.locks.length < 2 || !isReftableError(error, 'LOCK_HELD')) throw error;
  }
  return { tables: tables.slice(first, range.last + 1), isOldest: first === 0 };
}

/**
 * Writes what tables hold into one. Undefined: nothing is left.
 * @param isOldest whether nothing older is there that tombstones could hide
 * @throws as a table's reader and writer do, what the storage throws; nothing is left of it then
 */
export function* mergeTables(stack: StackCore, tables: readonly HasCore[], isOldest: boolean, extras: CompactionExtras = {}): Steps<TableFile | undefined> {
  const merged = new MergedCore(tables.map(({ core }) => core));
  const options: TableOptions = {
    ...stack.settings.layout,
    hash: merged.hash,
    exactLogMessages: true,
    maxMentions: MAX_MENTIONS,
    minUpdateIndex: merged.minUpdateIndex,
    maxUpdateIndex: merged.maxUpdateIndex,
  };
  for (let blockSize = options.blockSize ?? 4096; ; ) {
    const file = new TableFile(stack, { ...options, blockSize });
    try {
      const entries = yield* copyRecords(merged, file, isOldest, extras);
      if (entries === 0) {
        yield* file.discard();
        return undefined;
      }
      yield* file.finish();
      stack.compactions.entries += entries;
      stack.compactions.bytes += file.size;
      return file;
    } catch (error) {
      yield* tidy(file.discard());
      // The tables may come from who makes larger blocks.
      const least = isReftableError(error, 'RECORD_TOO_LARGE') && 'minimumBlockSize' in error ? Number(error.minimumBlockSize) : Infinity;
      if (least > MAX_BLOCK_SIZE) throw error;
      blockSize = Math.min(2 ** Math.ceil(Math.log2(least)), MAX_BLOCK_SIZE);
    }
  }
}

/** Copies all records that are to stay. How many those are. */
function* copyRecords(merged: MergedCore, file: TableFile, isOldest: boolean, { expire, onProgress }: CompactionExtras): Steps<number> {
  const { writer } = file;
  let entries = 0;
  const refs = merged.refCursor();
  while (refs.next() || (yield* refs.load())) {
    if (isOldest && refs.record.isDeletion) continue;
    writer.copyRef(refs.record);
    entries++;
    if (file.isFull) yield* passOn();
  }
  while (yield* file.endRefs(report)) yield* repeatRefs(merged, writer, report);
  const logs = merged.logCursor();
  while (logs.next() || (yield* logs.load())) {
    if (isOldest && logs.record.isDeletion) continue;
    if (expire !== undefined && isExpired(logs.record, expire)) continue;
    writer.copyLog(logs.record);
    entries++;
    if (file.isFull) yield* passOn();
  }
  return entries;

  function* passOn(): Steps<void> {
    yield* file.flush();
    report();
  }

  function report(): void {
    onProgress?.({ entries, bytes: file.size });
  }
}

/** Gives the writer all refs again that {@link copyRecords} gave it, but for tombstones. */
function* repeatRefs(merged: MergedCore, writer: AnyTableWriter, report: () => void): Steps<void> {
  const refs = merged.refCursor();
  for (let count = 1; refs.next() || (yield* refs.load()); count++) {
    writer.repeatRef(refs.record);
    if (count % REPORTED === 0) report();
  }
}

/** Puts a table where others were in the list, which may have grown meanwhile. @param file undefined: they just go */
function* replaceTables(stack: StackCore, replaced: readonly ListedTable[], file: TableFile | undefined): Steps<void> {
  const { place, settings } = stack;
  let lock: NewFile | undefined;
  let names: readonly string[];
  let tables: readonly ListedTable[];
  let first: number;
  try {
    lock = yield* takeLock(place.folder, LIST_NAME, settings.lockTimeout);
    const list = yield* readList(place);
    if (list.file !== undefined) place.disposal.letGo(list.file);
    names = list.names;
    first = names.indexOf(replaced[0]!.name);
    const there = names.slice(first, first + replaced.length);
    if (first < 0 || !isSameList(there, replaced.map(({ name }) => name))) throw outdated(place.folder);
    tables = yield* openTables(place, names, [...stack.state.tables, ...replaced]);
  } catch (error) {
    if (file !== undefined) yield* tidy(file.discard());
    if (lock !== undefined) yield* tidy(ask('discard', lock));
    throw error;
  }
  try {
    const behind = first + replaced.length;
    yield* publish(stack, lock, names, file === undefined ? [] : [file], (added) => [...tables.slice(0, first), ...added, ...tables.slice(behind)]);
  } catch (error) {
    for (const { users, core } of tables) if (users === 0) place.disposal.close(core.source);
    throw error;
  }
}

/** Removes tables that are not listed any more. What can't be removed now, because another process has it open, is left to be cleaned up. */
export function* removeTables(tables: readonly ListedTable[]): Steps<void> {
  for (const { name } of tables) {
    try {
      yield* ask('remove', name);
    } catch (error) {
      if (!isReftableError(error, 'io')) throw error;
    }
  }
}

function outdated(folder: string): ReftableError {
  return new ReftableError('outdated', 'STACK_OUTDATED', 'list has changed', { file: `${folder}/${LIST_NAME}` });
}
