/* Removing what crashed processes left behind, beside others that are at work. */
import { isReftableError } from '@reftable/varint';
import { takeLock } from './lock.js';
import { ask, CloseRequest, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import type { StoredFile } from './storage.js';
import { kindOfFile, LIST_NAME, rangeInName } from './table-name.js';

/** JGit writes under such a name while it compacts, with no lock that would tell; after this time, in milliseconds, it no longer does. */
const JGIT_FRESH = 3_600_000;

/** What may be removed. */
export interface CleanOptions {
  /**
   * Locks that are broken first: those that nobody has written to for so many milliseconds, or `all`. A lock that was left behind can't be
   * told from one that is held: to break one that is can lose what its holder writes. Default: none.
   */
  readonly breakLocks?: number | 'all';
}

/** What a clean-up did. */
export interface CleanResult {
  /** Names of the files that it removed, sorted. */
  readonly removed: readonly string[];
  /** Names of files that are not listed, sorted, but that may be of use to a running process, that nobody knows, or that can't be removed now. */
  readonly kept: readonly string[];
}

/**
 * Removes tables that are not listed, and files of tables that were never finished. It holds the list's lock, so nobody is about to list one; but
 * who compacts writes a table without that lock, and is known by the locks of the tables that it merges: as long as there is one, no
 * unfinished file is removed.
 * @throws `LOCK_HELD` (locked), as `StackCore.reload`, what the storage throws
 */
export function* clean(stack: StackCore, { breakLocks }: CleanOptions): Steps<CleanResult> {
  const removed: string[] = [];
  if (breakLocks !== undefined) {
    const least = breakLocks === 'all' ? -Infinity : breakLocks;
    for (const { name, age } of yield* ask('list')) if (kindOfFile(name) === 'lock' && age >= least && (yield* remove(name))) removed.push(name);
  }
  const lock = yield* takeLock(stack.place.folder, LIST_NAME, stack.settings.lockTimeout);
  try {
    yield* stack.reload();
    // Who has published the list may not have synced it: what the one before names may be needed again if the power is lost.
    if (stack.settings.durability === 'full') yield* ask('syncNames');
    const { tables, list } = stack.state;
    const files = yield* ask('list');
    // A list that is missing may be so by accident; it says nothing of the tables.
    const newest = list.file === undefined ? 0n : (tables.at(-1)?.core.maxUpdateIndex ?? 0n);
    const isCompacting = files.some(({ name }) => kindOfFile(name) === 'lock' && name !== lock.name);
    const listed = new Set(list.names);
    const kept: string[] = [];
    for (const file of files) {
      if (listed.has(file.name) || file.name === lock.name || file.name === LIST_NAME) continue;
      const isRemoved = (yield* isGarbage(stack, file, isCompacting, newest)) && (yield* remove(file.name));
      (isRemoved ? removed : kept).push(file.name);
    }
    return { removed: removed.sort(), kept: kept.sort() };
  } finally {
    yield* ask('discard', lock);
  }
}

/** Whether a file that is not listed is of no use to anybody. @param newest the stack's greatest update index */
function* isGarbage(stack: StackCore, { name, age }: StoredFile, isCompacting: boolean, newest: bigint): Steps<boolean> {
  switch (kindOfFile(name, stack.settings.format.ending)) {
    case 'temporary':
      return !isCompacting;
    case 'jgit-temporary':
      return !isCompacting && age >= JGIT_FRESH;
    case 'table':
      return (yield* newestIn(stack, name)) <= newest;
    default:
      return false;
  }
}

/** The greatest update index of a table that is not listed: what it says itself, or if it can't be read, what its name says. */
function* newestIn({ place }: StackCore, name: string): Steps<bigint> {
  const { max } = rangeInName(name)!;
  try {
    const source = yield* ask('open', name);
    try {
      const { maxUpdateIndex } = yield* place.format.open(source);
      return maxUpdateIndex > max ? maxUpdateIndex : max;
    } finally {
      yield new CloseRequest(source);
    }
  } catch (error) {
    if (isReftableError(error)) return max;
    throw error;
  }
}

/** Removes a file; false for what can't be removed now, because another process has it open: it is left for another time. */
function* remove(name: string): Steps<boolean> {
  try {
    yield* ask('remove', name);
    return true;
  } catch (error) {
    if (!isReftableError(error, 'io')) throw error;
    return false;
  }
}
