/* The refs and logs that are seen from a place: of one table, of a stack, or of a worktree's stack and the one that all worktrees share. */
import type { LogRecord, Ref } from '@reftable/block';
import { openStackSync, type StackSync, type StackTable } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import type { ReaderSync, RefRange, RefView } from '@reftable/table';
import { type CursorSync } from '@reftable/io';
import { compareBytes } from '@reftable/varint';
import { openAnyStack } from './any-stack.js';
import { openAnyTable } from './any-table.js';
import type { Place } from './place.js';

/** The namespaces below `refs/` that each worktree has for itself. */
const WORKTREE_PREFIXES = ['refs/bisect/', 'refs/rewritten/', 'refs/worktree/'];

/** HEAD and its like: each worktree has its own. */
const ROOT_REF = /^[A-Z_-]+$/;

/** How many refs Git reads before it gives up a chain of symbolic refs. */
const MAX_CHAIN = 5;

/** One list of tables and where it is. */
export interface TableGroup {
  readonly title: string;
  readonly tables: readonly StackTable[];
}

/** What is seen from a place. */
export class View {
  /** Has the refs of this worktree alone, and all others too where there is no `#common`. */
  readonly #own: ReaderSync;
  /** In a linked worktree: has the refs that it shares with the others. */
  readonly #common: ReaderSync | undefined;
  /** The tables that were opened, in groups. */
  readonly groups: readonly TableGroup[];

  constructor(own: ReaderSync, common: ReaderSync | undefined, groups: readonly TableGroup[]) {
    this.#own = own;
    this.#common = common;
    this.groups = groups;
  }

  /** The refs of a range in the order of their names, each to be used before the next is asked for. */
  *refs(range: RefRange = {}): Generator<RefView, void, undefined> {
    const own = this.#own.refCursor(range);
    if (this.#common === undefined) {
      while (moves(own)) yield own.record;
      return;
    }
    const common = this.#common.refCursor({ ...range, exclude: [...(range.exclude ?? []), ...WORKTREE_PREFIXES] });
    let isOwn = moves(own);
    let isCommon = movesToShared(common);
    while (isOwn || isCommon) {
      const first = isOwn && (!isCommon || compareKeys(own.record, common.record) < 0) ? own : common;
      yield first.record;
      if (first === own) isOwn = moves(own);
      else isCommon = movesToShared(common);
    }
  }

  /** All log entries, those of one ref together and newest first. */
  *logs(): Generator<LogRecord, void, undefined> {
    yield* this.#own.logs();
    if (this.#common === undefined) return;
    for (const log of this.#common.logs()) if (!isWorktreeRef(log.ref)) yield log;
  }

  /** The log of the ref of this full name. */
  log(name: string): IterableIterator<LogRecord> {
    return this.#readerOf(name).log(name);
  }

  /** The ref of this full name. */
  get(name: string | Uint8Array): Ref | undefined {
    return this.#readerOf(name).getRef(name);
  }

  /** The object id that a ref leads to; undefined where it leads nowhere. */
  resolve(ref: Ref): string | undefined {
    let at: Ref | undefined = ref;
    for (let read = 1; at?.kind === 'symbolic' && read < MAX_CHAIN; read++) at = this.get(at.targetBytes ?? at.target);
    return at?.kind === 'direct' || at?.kind === 'peeled' ? at.oid : undefined;
  }

  #readerOf(name: string | Uint8Array): ReaderSync {
    return this.#common === undefined || isWorktreeRef(Buffer.from(name).toString('latin1')) ? this.#own : this.#common;
  }
}

/** Opens what a place holds. It stays open until the process ends. @throws what opening a table or stack throws */
export async function openView(place: Place): Promise<View> {
  if (place.kind === 'table') {
    const { table } = await openAnyTable(place.path);
    return new View(table, undefined, [{ title: 'Table', tables: [{ name: place.path, ...table.info }] }]);
  }
  if (place.kind === 'folder') return viewOf((await openAnyStack(place)).stack);
  const { refDir, commonRefDir } = place.repository;
  if (refDir === commonRefDir) return viewOf((await openAnyStack(place)).stack);
  const own = openStackSync(new FolderStorage(refDir));
  const common = openStackSync(new FolderStorage(commonRefDir));
  const groups = [
    { title: 'Tables of this worktree', tables: own.tables },
    { title: 'Tables of all worktrees', tables: common.tables },
  ];
  return new View(own, common, groups);
}

function viewOf(stack: StackSync): View {
  return new View(stack, undefined, [{ title: 'Tables', tables: stack.tables }]);
}

function moves(cursor: CursorSync<RefView>): boolean {
  return cursor.next() || cursor.load();
}

/** In the common stack there are also the root refs of the main worktree. */
function movesToShared(cursor: CursorSync<RefView>): boolean {
  while (moves(cursor)) if (!ROOT_REF.test(cursor.record.name)) return true;
  return false;
}

function compareKeys(a: RefView, b: RefView): number {
  return compareBytes(a.key.subarray(0, a.keyLength), b.key.subarray(0, b.keyLength));
}

function isWorktreeRef(name: string): boolean {
  return ROOT_REF.test(name) || WORKTREE_PREFIXES.some((prefix) => name.startsWith(prefix));
}
