/* The records that a cursor comes to, as objects: one by one, and for the async face in batches. */
import { runSync } from './core.js';
import { Cursor, type CursorCore } from './cursor.js';
import type { KeyView } from './range.js';
import { performReadSync } from './source.js';

/** What is picked of each record that a cursor comes to. As a class, not a generator: a loop over many then costs half as much for each. */
export class RecordIterator<V, T> implements IterableIterator<T, undefined> {
  /** Undefined when it is over. */
  #cursor: CursorCore<V> | undefined;
  readonly #pick: (record: V) => T;

  constructor(cursor: CursorCore<V>, pick: (record: V) => T) {
    this.#cursor = cursor;
    this.#pick = pick;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<T, undefined> {
    const cursor = this.#cursor;
    if (cursor === undefined || (!cursor.next() && !runSync(cursor.load(), performReadSync))) return this.return();
    return { done: false, value: this.#pick(cursor.record) };
  }

  return(): IteratorReturnResult<undefined> {
    this.#cursor?.close?.();
    this.#cursor = undefined;
    return { done: true, value: undefined };
  }
}

/** A batch is cut off at so many records, or bytes of keys: names that share much are far larger than the block that they come from. */
const MAX_BATCH = 1024;
const MAX_BATCH_BYTES = 1 << 18;

/**
 * What is picked of each record that a cursor comes to, a block's worth at once: a promise for each would cost more than the record.
 * Where damage follows, the records in front of it are handed out first.
 */
export async function* recordBatches<V extends KeyView, T>(core: CursorCore<V>, pick: (record: V) => T): AsyncGenerator<T[], void, undefined> {
  const cursor = new Cursor(core);
  try {
    while (cursor.next() || (await cursor.load())) {
      const batch: T[] = [];
      let size = 0;
      try {
        do {
          batch.push(pick(cursor.record));
          size += cursor.record.keyLength;
        } while (batch.length < MAX_BATCH && size < MAX_BATCH_BYTES && cursor.next());
      } finally {
        if (batch.length > 0) yield batch;
      }
    }
  } finally {
    core.close?.();
  }
}
