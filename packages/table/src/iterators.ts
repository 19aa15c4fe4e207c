/* The sync faces' iterators. As classes, not generators: a loop over many records then costs half as much for each. */
import { NameBatch } from '@reftable/block';
import { performReadSync, runSync } from '@reftable/io';
import type { CursorCore, KeyView } from './cursor-core.js';

/** What is picked of each record that a cursor comes to. */
export class RecordIterator<V extends KeyView, T> implements IterableIterator<T, undefined> {
  readonly #cursor: CursorCore<V>;
  readonly #pick: (record: V) => T;

  constructor(cursor: CursorCore<V>, pick: (record: V) => T) {
    this.#cursor = cursor;
    this.#pick = pick;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<T, undefined> {
    if (!this.#cursor.next() && !runSync(this.#cursor.load(), performReadSync)) return { done: true, value: undefined };
    return { done: false, value: this.#pick(this.#cursor.record) };
  }
}

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
