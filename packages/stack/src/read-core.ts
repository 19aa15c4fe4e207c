import type { Hash } from '@reftable/block';
import { isReftableError, ReftableError } from '@reftable/varint';
import { isSameList, loadTables, readList, type StackPlace } from './load-tables.js';
import { ask, type Steps } from './requests.js';
import { StackState } from './stack-state.js';
import { StateReader } from './state-reader.js';
import { LIST_NAME } from './table-name.js';

/** A stack below its sync and async faces, as far as it is read: what it knows of the list and its tables, and how that is brought up to date. */
export class ReadCore extends StateReader {
  readonly place: StackPlace;
  #state: StackState | undefined;

  constructor(place: StackPlace, state: StackState) {
    super();
    this.place = place;
    this.#state = state;
  }

  /** What is known at present. @throws `STACK_CLOSED` (misuse) */
  get state(): StackState {
    if (this.#state === undefined) throw new ReftableError('misuse', 'STACK_CLOSED', 'stack is closed', { file: this.place.folder });
    return this.#state;
  }

  /** What its tables are of; undefined if there is neither a table to tell nor an option. */
  get knownHash(): Hash | undefined {
    return this.state.tables[0]?.core.hash ?? this.place.hash;
  }

  /** What its tables are of, or would be. */
  get hash(): Hash {
    return this.state.merged.hash;
  }

  /**
   * Brings the state up to date; false if it was already. The list's identity is looked at first, and its content only if that differs
   * or is not known.
   * @throws as {@link loadTables}; the state then stays as it was
   */
  *reload(): Steps<boolean> {
    for (;;) {
      const before = this.state;
      before.retain();
      try {
        if (yield* this.#isCurrent(before)) return false;
        const { list, tables } = yield* loadTables(this.place, before.tables);
        const next = new StackState(list, tables, this.place.hash, this.place.disposal);
        if (this.#state === before) {
          this.install(next);
          return true;
        }
        // Another call of this stack has come to know something else meanwhile.
        next.retire();
      } finally {
        before.release();
      }
    }
  }

  /** Whether the list is still the one that is known. @throws as {@link readList} */
  isCurrent(): Steps<boolean> {
    return this.#isCurrent(this.state);
  }

  /** Makes another state the present one; a stack that was closed meanwhile does not come back. */
  install(state: StackState): void {
    const before = this.#state;
    if (before !== undefined) this.#state = state;
    (before ?? state).retire();
  }

  /** Lets go of everything; a second time does nothing. */
  close(): void {
    const before = this.#state;
    this.#state = undefined;
    before?.retire();
  }

  *#isCurrent(state: StackState): Steps<boolean> {
    const { file, names } = state.list;
    try {
      if (file?.identity !== undefined && (yield* ask('identify', LIST_NAME)) === file.identity) return true;
    } catch (error) {
      if (!isReftableError(error, 'FILE_NOT_FOUND')) throw error;
    }
    const list = yield* readList(this.place);
    const isSame = isSameList(list.names, names) && (list.file === undefined) === (file === undefined);
    if (isSame && state === this.#state) state.renew(list);
    else if (list.file !== undefined) this.place.disposal.letGo(list.file);
    return isSame;
  }
}

/** Opens the state of a stack. @throws as {@link loadTables} */
export function* openState(place: StackPlace): Steps<StackState> {
  const { list, tables } = yield* loadTables(place, []);
  return new StackState(list, tables, place.hash, place.disposal);
}
