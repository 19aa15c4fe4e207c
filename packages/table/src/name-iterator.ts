import { performReadSync, runSync, type CursorCore, type KeyView } from '@reftable/io';
import { NameBatch } from './name-batch.js';

/** The names of the records that a cursor comes to, made a batch at a time. */
export class NameIterator implements IterableIterator<string, undefined> {
  readonly #cursor: CursorCore<KeyView>;
  readonly #batch = new NameBatch();
  /** The damage behind the names at hand. */
  #failure: unknown;

  constructor(cursor: CursorCore<KeyView>) {
    this.#cursor = cursor;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<string, undefined> {
    const value = this.#batch.take() ?? this.#refill();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  #refill(): string | undefined {
    if (this.#failure !== undefined) throw this.#failure as Error;
    if (!this.#cursor.next() && !runSync(this.#cursor.load(), performReadSync)) return undefined;
    try {
      this.#batch.collect(this.#cursor);
    } catch (error) {
      this.#failure = error;
    }
    return this.#batch.take();
  }
}
