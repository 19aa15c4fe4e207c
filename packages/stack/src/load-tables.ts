import type { Hash } from '@reftable/block';
import { isReftableError, ReftableError } from '@reftable/varint';
import { ask, CloseRequest, PauseRequest, random, type Steps } from './requests.js';
import { ListedTable, type Disposal, type TableList } from './stack-state.js';
import type { ReadFile } from './storage.js';
import type { ReadableFormat } from './table-format.js';
import { parseTableList } from './table-list.js';
import { LIST_NAME } from './table-name.js';

/** How long, in milliseconds of waiting, the list is read again while its tables go away. Git's bound. */
const DEADLINE = 3000;

/** The longest single wait, in milliseconds. */
const MAX_PAUSE = 100;

/** How long, in milliseconds of waiting, a list that is gone is waited for, where there was one before: JGit may remove it to put another in its place. */
const GONE_DEADLINE = 30;

/** Where a stack is, and what it is made of. */
export interface StackPlace {
  /** What errors call it. */
  readonly folder: string;
  readonly format: ReadableFormat;
  /** What all tables must be of; undefined: whatever the first is of. */
  readonly hash: Hash | undefined;
  readonly disposal: Disposal;
}

/** A list, and the tables that it names. */
export interface LoadedTables {
  readonly list: TableList;
  readonly tables: readonly ListedTable[];
}

/**
 * Reads the list and opens its tables, oldest first; those of `open` that are still listed are used again.
 *
 * A compaction may remove tables between the list being read and a table being opened. Then the list has changed: it is read again, after a
 * growing wait, up to a deadline. Where it has not changed, a table is missing for good.
 *
 * @throws `LIST_SIZE`, `LIST_UNFINISHED`, `LIST_NAME`, `LIST_DUPLICATE`, `TABLE_HASH` (a table of another hash), a table's format error (format),
 *   `TABLE_MISSING` (not-found), `STACK_UNSETTLED` (outdated: the list kept changing until the deadline), whatever the storage throws.
 *   What was opened is closed again, and `open` is as it was.
 */
export function* loadTables(place: StackPlace, open: readonly ListedTable[]): Steps<LoadedTables> {
  const file = `${place.folder}/${LIST_NAME}`;
  let list = yield* readExpectedList(place, open.length > 0);
  for (let waited = 0, limit = 1; ; limit = Math.min(limit * 2, MAX_PAUSE)) {
    try {
      return { list, tables: yield* openTables(place, list.names, open) };
    } catch (error) {
      letGo(place, list);
      if (!isReftableError(error, 'FILE_NOT_FOUND')) throw error;
      const again = yield* readList(place);
      if (isSameList(again.names, list.names)) {
        letGo(place, again);
        throw new ReftableError('not-found', 'TABLE_MISSING', 'a table that is listed does not exist', { file: error.file ?? file, cause: error });
      }
      if (waited >= DEADLINE) {
        letGo(place, again);
        throw new ReftableError('outdated', 'STACK_UNSETTLED', `list kept changing for ${Math.round(waited)} ms`, { file, cause: error });
      }
      letGo(place, again);
    }
    waited += yield* pauseUpTo(limit);
    // As it is now: the one from before the wait may be out of date again.
    list = yield* readList(place);
  }
}

/**
 * Opens the tables of these names; those of `open` are used again.
 * @throws `FILE_NOT_FOUND`, `TABLE_HASH`, a table's format error, whatever the storage throws; what was opened is then closed again
 */
export function* openTables({ format, hash }: StackPlace, names: readonly string[], open: readonly ListedTable[]): Steps<ListedTable[]> {
  const known = new Map(open.map((table) => [table.name, table]));
  const tables: ListedTable[] = [];
  try {
    for (const name of names) {
      let table = known.get(name);
      if (table === undefined) {
        const source = yield* ask('open', name);
        try {
          table = new ListedTable(name, yield* format.open(source));
        } catch (error) {
          yield new CloseRequest(source);
          throw error;
        }
      }
      tables.push(table);
      const expected = hash ?? tables[0]!.core.hash;
      if (table.core.hash !== expected) {
        throw new ReftableError('format', 'TABLE_HASH', `a table of ${table.core.hash} in a stack of ${expected}`, { file: table.core.source.name });
      }
    }
  } catch (error) {
    for (const { name, core } of tables) if (!known.has(name)) yield new CloseRequest(core.source);
    throw error;
  }
  return tables;
}

/** The names in the list. A missing list is an empty one, as Git takes it. @throws as `parseTableList`, what the storage throws */
export function* readList({ folder, disposal }: StackPlace): Steps<TableList> {
  let file: ReadFile;
  try {
    file = yield* ask('hold', LIST_NAME);
  } catch (error) {
    if (isReftableError(error, 'FILE_NOT_FOUND')) return { names: [], file: undefined };
    throw error;
  }
  try {
    return { names: parseTableList(file.bytes, `${folder}/${LIST_NAME}`), file };
  } catch (error) {
    disposal.letGo(file);
    throw error;
  }
}

/** Whether two lists name the same tables. */
export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** Reads the list; where there was one, it is not at once believed to be gone. */
function* readExpectedList(place: StackPlace, isExpected: boolean): Steps<TableList> {
  let list = yield* readList(place);
  for (let waited = 0, limit = 1; isExpected && list.file === undefined && waited < GONE_DEADLINE; limit *= 2) {
    waited += yield* pauseUpTo(limit);
    list = yield* readList(place);
  }
  return list;
}

function* pauseUpTo(limit: number): Steps<number> {
  const milliseconds = 1 + ((yield* random()) / 2 ** 32) * limit;
  yield new PauseRequest(milliseconds);
  return milliseconds;
}

function letGo({ disposal }: StackPlace, { file }: TableList): void {
  if (file !== undefined) disposal.letGo(file);
}
