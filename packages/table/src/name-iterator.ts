import { performReadSync, runSync, type CursorCore, type KeyView } from '@reftable/io';
import { NameBatch } from './name-batch.js';

/** The names of the records that a cursor comes to, made a batch at a time. */
export class NameIterator implements IterableIterator<string, undefined> {
  /** Undefined when it is over. */
  #cursor: CursorCore<KeyView> | undefined;
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
    const value = this.#cursor && (this.#batch.take() ?? this.#refill(this.#cursor));
    return value === undefined ? this.return() : { done: false, value };
  }

  return(): IteratorReturnResult<undefined> {
    this.#cursor?.close?.();
    this.#cursor = undefined;
    return { done: true, value: undefined };
  }

  #refill(cursor: CursorCore<KeyView>): string | undefined {
    if (this.#failure !== undefined) throw this.#failure as Error;
    if (!cursor.next() && !runSync(cursor.load(), performReadSync)) return undefined;
    try {
      this.#batch.collect(cursor);
    } catch (error) {
      this.#failure = error;
    }
    return this.#batch.take();
  }
}
