/// <reference lib="esnext.disposable" preserve="true" />
import { Reader, ReaderSync } from '@reftable/table';
import { ReftableError } from '@reftable/varint';
import type { StackState } from './stack-state.js';
import type { StackTable } from './stack-table.js';
import { StateReader } from './state-reader.js';

class SnapshotCore extends StateReader {
  #state: StackState | undefined;

  constructor(state: StackState) {
    super();
    state.retain();
    this.#state = state;
  }

  get state(): StackState {
    if (this.#state === undefined) throw new ReftableError('misuse', 'SNAPSHOT_RELEASED', 'snapshot is released');
    return this.#state;
  }

  release(): void {
    this.#state?.release();
    this.#state = undefined;
  }
}

/** A stack as it was at one time. It stays readable, whatever becomes of the stack and its files, until it is released. */
export class StackSnapshot extends Reader {
  declare protected readonly core: SnapshotCore;

  /** Use `Stack.snapshot`. */
  constructor(state: StackState) {
    super(new SnapshotCore(state));
  }

  /** Its tables, oldest first. @throws `SNAPSHOT_RELEASED` (misuse) */
  get tables(): StackTable[] {
    return this.core.tables;
  }

  /** Ends it; a second time does nothing. Reading it is a misuse then. */
  release(): void {
    this.core.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** The sync face of {@link StackSnapshot}. */
export class StackSnapshotSync extends ReaderSync {
  declare protected readonly core: SnapshotCore;

  /** Use `StackSync.snapshot`. */
  constructor(state: StackState) {
    super(new SnapshotCore(state));
  }

  /** As {@link StackSnapshot.tables}. */
  get tables(): StackTable[] {
    return this.core.tables;
  }

  /** As {@link StackSnapshot.release}. */
  release(): void {
    this.core.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
