import type { Ref } from '@reftable/block';
import type { Core, CursorCore } from '@reftable/io';
import { isFound, type FoundRef, type LogView, type ReaderCore, type RefView } from '@reftable/table';
import type { StackState } from './stack-state.js';
import { tableInfo, type StackTable } from './stack-table.js';

/** A cursor uses the state that it moves over until it is closed, as an iteration does that is over; or until nobody has it any more. */
const cursors = new FinalizationRegistry<StackState>((state) => {
  state.release();
});

/** Reads a state, and keeps it readable for as long as that takes. */
export abstract class StateReader implements ReaderCore {
  /** What is read. */
  abstract get state(): StackState;

  get idSize(): number {
    return this.state.merged.idSize;
  }

  /** Its tables, oldest first. */
  get tables(): StackTable[] {
    return this.state.tables.map(tableInfo);
  }

  refCursor(): CursorCore<RefView> {
    return lend(this.state, this.state.merged.refCursor());
  }

  logCursor(): CursorCore<LogView> {
    return lend(this.state, this.state.merged.logCursor());
  }

  findRef(name: Uint8Array, length: number, text?: string): FoundRef {
    const { state } = this;
    const found = state.merged.findRef(name, length, text);
    return isFound(found) ? found : using(state, found);
  }

  refsByObject(id: Uint8Array): Core<Ref[]> {
    return using(this.state, this.state.merged.refsByObject(id));
  }
}

function lend<C extends { onClose: (() => void) | undefined }>(state: StackState, cursor: C): C {
  state.retain();
  cursors.register(cursor, state, cursor);
  cursor.onClose = () => {
    cursors.unregister(cursor);
    state.release();
  };
  return cursor;
}

function* using<T>(state: StackState, core: Core<T>): Core<T> {
  state.retain();
  try {
    return yield* core;
  } finally {
    state.release();
  }
}
