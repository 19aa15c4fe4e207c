import { ReadRequest, type Core, type SourceInfo } from '@reftable/io';
import { openTableCore, type TableCore } from '@reftable/table';
import { isReftableError, ReftableError } from '@reftable/varint';
import { CloseRequest, OpenRequest, PauseRequest, type StackRequest } from './storage.js';
import { LIST_NAME, parseTableList } from './table-list.js';

/** How long, in milliseconds of waiting, the list is read again while its tables go away. Git's bound. */
const DEADLINE = 3000;

/** The longest single wait, in milliseconds. */
const MAX_PAUSE = 100;

/** A table under the name that the list gives it. */
export interface ListedTable {
  readonly name: string;
  readonly core: TableCore;
}

/**
 * Reads the list and opens its tables, oldest first; those of `open` that are still listed are used again.
 *
 * A compaction may remove tables between the list being read and a table being opened. Then the list has changed: it is read again, after a
 * growing wait, up to a deadline. Where it has not changed, a table is missing for good.
 *
 * @param folder what errors call the stack
 * @throws `LIST_UNFINISHED`, `LIST_NAME`, `LIST_DUPLICATE`, `TABLE_HASH` (a table of another hash), a table's format error (format),
 *   `TABLE_MISSING` (not-found), `STACK_UNSETTLED` (outdated: the list kept changing until the deadline), whatever the storage throws.
 *   What was opened is closed again, and `open` is as it was.
 */
export function* loadTables(folder: string, open: readonly ListedTable[]): Core<ListedTable[], StackRequest> {
  const file = `${folder}/${LIST_NAME}`;
  let names = yield* readList(file);
  let pause = 1;
  for (let waited = 0; ; waited += pause, pause = Math.min(pause * 2, MAX_PAUSE)) {
    try {
      return yield* openAll(names, open);
    } catch (error) {
      if (!isReftableError(error, 'FILE_NOT_FOUND')) throw error;
      const again = yield* readList(file);
      if (again.join('\n') === names.join('\n')) {
        throw new ReftableError('not-found', 'TABLE_MISSING', 'a table that is listed does not exist', { file: error.file ?? file, cause: error });
      }
      if (waited >= DEADLINE) {
        throw new ReftableError('outdated', 'STACK_UNSETTLED', `list kept changing for ${waited} ms`, { file, cause: error });
      }
      names = again;
    }
    yield new PauseRequest(pause);
  }
}

/** The names in the list. Git takes a missing list for an empty stack. */
function* readList(file: string): Core<string[], StackRequest> {
  const list = new OpenRequest(LIST_NAME);
  try {
    yield list;
  } catch (error) {
    if (isReftableError(error, 'FILE_NOT_FOUND')) return [];
    throw error;
  }
  try {
    const content = new ReadRequest(list.source, 0, list.source.size);
    yield content;
    return parseTableList(content.bytes, file);
  } finally {
    yield new CloseRequest(list.source);
  }
}

function* openAll(names: readonly string[], open: readonly ListedTable[]): Core<ListedTable[], StackRequest> {
  const known = new Map(open.map((table) => [table.name, table]));
  const tables: ListedTable[] = [];
  const opened: SourceInfo[] = [];
  try {
    for (const name of names) {
      let table = known.get(name);
      if (table === undefined) {
        const request = new OpenRequest(name);
        yield request;
        opened.push(request.source);
        table = { name, core: yield* openTableCore(request.source) };
      }
      checkHash(table.core, tables[0]?.core);
      tables.push(table);
    }
  } catch (error) {
    for (const source of opened) yield new CloseRequest(source);
    throw error;
  }
  return tables;
}

function checkHash({ hash, source }: TableCore, first: TableCore | undefined): void {
  if (first !== undefined && hash !== first.hash) {
    throw new ReftableError('format', 'TABLE_HASH', `a table of ${hash} in a stack of ${first.hash}`, { file: source.name });
  }
}
