import { isReftableError, ReftableError } from '@reftable/varint';
import { isSameList, readList } from './load-tables.js';
import { ask, tidy, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import { StackState, type ListedTable, type TableList } from './stack-state.js';
import type { HeldFile, NewFile } from './storage.js';
import type { TableFile } from './table-file.js';
import { formatTableList } from './table-list.js';
import { LIST_NAME } from './table-name.js';

/**
 * Replaces the list by way of its lock, in an order that leaves the old list or the new one, with all its tables, whenever power is lost:
 * new tables are named, the folder is synced, the list is written into the lock and synced, renamed over the old one, the folder is
 * synced again. Only then anything else may be done on the ground of it.
 *
 * @param before the list as it is, under its lock
 * @param files new tables, finished and not yet named
 * @param tables makes the new list out of the new tables
 * @throws `LOCK_LOST` (locked), what the storage throws: nothing has changed then, and the new tables and the lock are gone;
 *   `NOT_DURABLE` (io): the list is the new one, but a loss of power may bring back the old one;
 *   `OUTCOME_UNKNOWN` (io): it is the one or the other; the new tables are still there, in case it is the new one, and the lock is gone
 */
export function* publish(
  stack: StackCore,
  lock: NewFile,
  before: readonly string[],
  files: readonly TableFile[],
  tables: (added: readonly ListedTable[]) => readonly ListedTable[],
): Steps<void> {
  const { place, settings } = stack;
  const isDurable = settings.durability === 'full';
  const added: ListedTable[] = [];
  let listed: readonly ListedTable[];
  let names: readonly string[];
  try {
    for (const file of files) added.push(yield* file.settle());
    if (isDurable && added.length > 0) yield* ask('syncNames');
    listed = tables(added);
    names = listed.map(({ name }) => name);
    yield* ask('write', lock, formatTableList(names));
    if (isDurable) yield* ask('sync', lock);
  } catch (error) {
    yield* withdraw(stack, lock, files, added);
    throw error;
  }
  let held: HeldFile | undefined;
  try {
    held = yield* ask('publish', lock, LIST_NAME, added.map(({ name }) => name));
  } catch (error) {
    // A lock that was lost was not renamed. What else fails over a network may have been done all the same. If it was not, the lock is still held,
    // and nobody else has changed the list: so if the list has changed, it was done, whatever others have made of it since.
    const list = isReftableError(error, 'LOCK_LOST') ? undefined : yield* listAfter(stack, lock, added, error);
    if (list === undefined || isSameList(list.names, before)) {
      if (list?.file !== undefined) place.disposal.letGo(list.file);
      yield* withdraw(stack, lock, files, added);
      throw error;
    }
    if (isSameList(list.names, names)) held = list.file;
    else if (list.file !== undefined) place.disposal.letGo(list.file);
    yield* tidy(ask('discard', lock));
  }
  stack.install(new StackState({ names, file: held }, listed, place.hash, place.disposal));
  try {
    if (isDurable) yield* ask('syncNames');
  } catch (cause) {
    throw new ReftableError('io', 'NOT_DURABLE', 'written, but may be lost with the power', { file: listPath(stack), cause });
  }
}

/**
 * The list, after the publishing of it failed with `cause`.
 * @throws `OUTCOME_UNKNOWN` (io) where it can't be read: the tables may be listed, so they must stay
 */
function* listAfter(stack: StackCore, lock: NewFile, added: readonly ListedTable[], cause: unknown): Steps<TableList> {
  const { place } = stack;
  try {
    return yield* readList(place);
  } catch {
    for (const { core } of added) place.disposal.close(core.source);
    yield* tidy(ask('discard', lock));
    const message = 'may or may not have been replaced, and can not be read: reload the stack, and see whether it has what was written';
    throw new ReftableError('io', 'OUTCOME_UNKNOWN', message, { file: listPath(stack), cause });
  }
}

function listPath({ place }: StackCore): string {
  return `${place.folder}/${LIST_NAME}`;
}

/** Takes back what was not published. */
function* withdraw({ place }: StackCore, lock: NewFile, files: readonly TableFile[], added: readonly ListedTable[]): Steps<void> {
  for (const { core } of added) place.disposal.close(core.source);
  for (const file of files) yield* tidy(file.discard());
  yield* tidy(ask('discard', lock));
}
