import { NameBatch } from '@reftable/block';
import { performReadSync, runSync, type CursorCore, type KeyView } from '@reftable/io';


/** The names of the records that a cursor comes to, made a batch at a time. */
export class NameIterator implements IterableIterator<string, undefined> {
  readonly #cursor: CursorCore<KeyView>;
  readonly #batch = new NameBatch();
  #names: readonly string[] = [];
  #at = 0;
  /** The damage behind the names at hand. */
  #failure: unknown;

  constructor(cursor: CursorCore<KeyView>) {
    this.#cursor = cursor;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<string, undefined> {
    if (this.#at === this.#names.length && !this.#fill()) return { done: true, value: undefined };
    return { done: false, value: this.#names[this.#at++]! };
  }

  #fill(): boolean {
    if (this.#failure !== undefined) throw this.#failure as Error;
    if (!this.#cursor.next() && !runSync(this.#cursor.load(), performReadSync)) return false;
    try {
      this.#batch.collect(this.#cursor);
    } catch (error) {
      this.#failure = error;
    }
    this.#names = this.#batch.strings();
    this.#at = 0;
    return true;
  }
}
