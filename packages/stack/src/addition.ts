/// <reference lib="esnext.disposable" preserve="true" />
import type { AdditionCore } from './addition-core.js';
import type { Steps } from './requests.js';
import type { Transaction } from './transaction.js';

/** Tables that are added together, or not at all, while the list is locked. */
export class Addition {
  readonly #core: AdditionCore;
  readonly #perform: <T>(steps: Steps<T>) => Promise<T>;

  /** Use {@link Stack.prepare}. */
  constructor(core: AdditionCore, run: <T>(steps: Steps<T>) => Promise<T>) {
    this.#core = core;
    this.#perform = run;
  }

  /**
   * Writes another table, which nobody sees before the commit. Without records there will be none.
   * @param fill is given what the table is to hold
   * @returns what `fill` returns
   * @throws `UPDATE_INDEX_EXHAUSTED` (unsupported: none is left), `ADDITION_ENDED`, `ADDITION_BUSY` (misuse: the table before is not written yet),
   *   what `fill`, `TableWriter` and the storage throw; nothing is left of the table then
   */
  async addTable<T>(fill: (transaction: Transaction) => Promise<T> | T): Promise<T> {
    const transaction = this.#core.begin();
    try {
      const result = await fill(transaction);
      await this.#perform(this.#core.addTable(transaction));
      return result;
    } finally {
      this.#core.end();
    }
  }

  /**
   * Lists the tables, and ends the addition. What is acknowledged by this survives as the stack's durability says. An automatic
   * compaction may follow; that it fails is no failure of the commit.
   * @throws `LOCK_LOST` (locked), what the storage throws: nothing has changed then. `NOT_DURABLE` (io): all is done, but might not survive
   *   a loss of power. `OUTCOME_UNKNOWN` (io): all is done, or nothing; what the stack holds after a `reload` tells. `ADDITION_ENDED`,
   *   `ADDITION_BUSY` (misuse)
   */
  commit(): Promise<void> {
    return this.#perform(this.#core.commit());
  }

  /** Ends the addition without a trace; does nothing if it has ended. */
  abort(): Promise<void> {
    return this.#perform(this.#core.abort());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }
}

/** The sync face of {@link Addition}. */
export class AdditionSync {
  readonly #core: AdditionCore;
  readonly #perform: <T>(steps: Steps<T>) => T;

  /** Use {@link StackSync.prepare}. */
  constructor(core: AdditionCore, run: <T>(steps: Steps<T>) => T) {
    this.#core = core;
    this.#perform = run;
  }

  /** As {@link Addition.addTable}. */
  addTable<T>(fill: (transaction: Transaction) => T): T {
    const transaction = this.#core.begin();
    try {
      const result = fill(transaction);
      this.#perform(this.#core.addTable(transaction));
      return result;
    } finally {
      this.#core.end();
    }
  }

  /** As {@link Addition.commit}. */
  commit(): void {
    this.#perform(this.#core.commit());
  }

  /** As {@link Addition.abort}. */
  abort(): void {
    this.#perform(this.#core.abort());
  }

  [Symbol.dispose](): void {
    this.abort();
  }
}
