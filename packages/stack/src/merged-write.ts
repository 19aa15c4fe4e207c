/*
 * Where a transaction's table would at once be merged with all that is there, however large it turns out, and all that is there is small, the
 * transaction writes the merged table in the first place: nothing of it is written, read and written again. What comes of it is the same.
 */
import { cheapest, idSize, LOG_KEY_SUFFIX } from '@reftable/block';
import type { CursorCore } from '@reftable/io';
import type { MergedCore } from '@reftable/merged';
import type { LogView, RefView } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { countedSizes } from './compaction.js';
import { firstFree, MAX_SIZE } from './early-compaction.js';
import { rangeToMerge } from './geometry.js';
import { tidy, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import type { ListedTable } from './stack-state.js';
import { TableFile } from './table-file.js';
import type { SortedChanges } from './transaction.js';

/**
 * Writes the table that takes the place of all the stack's tables and of the one that a transaction would add.
 * @returns undefined if it is to be done the usual way: it is not sure that all would be merged, or something has failed. Nothing is left of it then,
 *   and what fails again, where the transaction's table is written or in the compaction after it, is told or counted there.
 */
export function* writeMerged(stack: StackCore, changes: SortedChanges): Steps<TableFile | undefined> {
  const { state } = stack;
  state.retain();
  try {
    if (!isAllMerged(stack, state.tables, changes) || (yield* firstFree(stack, 0)) > 0) return undefined;
    return yield* writeAll(stack, state.merged, changes);
  } catch (error) {
    if (isReftableError(error)) return undefined;
    throw error;
  } finally {
    state.release();
  }
}

/** @throws as a table's reader and writer do, what the storage throws; nothing is left of it then */
function* writeAll(stack: StackCore, older: MergedCore, changes: SortedChanges): Steps<TableFile> {
  const { minUpdateIndex, maxUpdateIndex } = changes;
  const file = new TableFile(stack, {
    ...stack.settings.layout,
    hash: older.hash,
    minUpdateIndex: older.minUpdateIndex < minUpdateIndex ? older.minUpdateIndex : minUpdateIndex,
    maxUpdateIndex: older.maxUpdateIndex > maxUpdateIndex ? older.maxUpdateIndex : maxUpdateIndex,
  });
  try {
    const entries = yield* mergeRecords(older, changes, file);
    yield* file.finish();
    const { compactions } = stack;
    compactions.attempts++;
    compactions.entries += entries;
    compactions.bytes += file.size;
    return file;
  } catch (error) {
    yield* tidy(file.discard());
    throw error;
  }
}

/**
 * Whether an automatic compaction is sure to merge all tables with the transaction's.
 *
 * Of the new table only the least size is known. That is enough: the newest table ends the range, and an older one joins it, where it is smaller than
 * the factor times a sum of sizes that has the new one's in it. If that is so for the least size, it is for every larger one.
 */
function isAllMerged(stack: StackCore, tables: readonly ListedTable[], changes: SortedChanges): boolean {
  const { settings } = stack;
  if (!settings.autoCompaction || settings.format.leastSize === undefined) return false;
  if (tables.reduce((sum, { core }) => sum + core.source.size, 0) > MAX_SIZE) return false;
  const values = valueSize(changes, idSize(stack.hash));
  if (values === undefined) return false;
  const least = settings.format.leastSize(changes.refs.length, values);
  const range = rangeToMerge([...countedSizes(stack, tables), least], settings.geometricFactor);
  return range?.first === 0 && range.last === tables.length;
}

/**
 * The fewest bytes that the refs' object ids and targets take. Undefined where there are records that only a table of their own holds, or refuses:
 * tombstones, and refs older than the transaction.
 */
function valueSize({ refs, logs, minUpdateIndex }: SortedChanges, idBytes: number): number | undefined {
  const least = cheapest(minUpdateIndex);
  let size = 0;
  for (const { ref, refIndex } of refs) {
    if (ref.kind === 'deletion' || refIndex < least) return undefined;
    // A text has no fewer bytes than characters.
    if (ref.kind === 'symbolic') size += (ref.targetBytes ?? ref.target).length;
    else size += ref.kind === 'peeled' ? 2 * idBytes : idBytes;
  }
  return logs.some(({ log }) => log.kind === 'deletion') ? undefined : size;
}

/** Writes the records of both. How many those are. */
function* mergeRecords(older: MergedCore, { refs, logs }: SortedChanges, file: TableFile): Steps<number> {
  const { writer } = file;
  let entries = yield* mergeSection(file, older.refCursor(), refs, {
    compare: (ref, { name }) => compareKey(ref.key, ref.keyLength, name),
    copy: (ref) => writer.copyRef(ref),
    add: ({ ref, refIndex }) => writer.addRef(ref, refIndex),
  });
  yield* file.endRefs();
  entries += yield* mergeSection(file, older.logCursor(), logs, {
    compare: (log, { name, logIndex }) => compareKey(log.key, log.keyLength - LOG_KEY_SUFFIX, name) || newestFirst(log.updateIndexExact, logIndex),
    copy: (log) => writer.copyLog(log),
    add: ({ log, logIndex }) => writer.addLog(log, logIndex),
  });
  return entries;
}

/** What is done with the records of a section: old ones that a cursor is at, and new ones. */
interface Section<V, P> {
  /** Negative if the old one comes first, 0 if the new one takes its place. */
  readonly compare: (old: V, added: P) => number;
  readonly copy: (old: V) => void;
  readonly add: (added: P) => void;
}

/** Old tombstones are left out: whatever they hide is, too. */
function* mergeSection<V extends RefView | LogView, P>(file: TableFile, old: CursorCore<V>, added: readonly P[], section: Section<V, P>): Steps<number> {
  const { compare, copy, add } = section;
  let entries = added.length;
  let isThere = old.next() || (yield* old.load());
  for (let index = 0; ; index++) {
    const next = added[index];
    for (; isThere; isThere = old.next() || (yield* old.load())) {
      const order = next === undefined ? -1 : compare(old.record, next);
      if (order > 0) break;
      if (order === 0 || old.record.isDeletion) continue;
      copy(old.record);
      entries++;
    }
    if (next === undefined) return entries;
    add(next);
    if (file.isFull) yield* file.flush();
  }
}

/** Compares the first bytes of a key with a name, whose characters are bytes. */
function compareKey(key: Uint8Array, length: number, name: string): number {
  const end = Math.min(length, name.length);
  for (let at = 0; at < end; at++) {
    const difference = key[at]! - name.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return length - name.length;
}

function newestFirst(a: number | bigint, b: number | bigint): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
