import { putText } from '@reftable/block';
import { performRead, performReadSync, run, runSync } from '@reftable/io';
import { ByteWriter } from '@reftable/varint/bytes';
import type { CursorCore, KeyView } from './cursor-core.js';

/**
 * The fast way through many records: nothing is made for a record but what is asked of it.
 *
 * @example while (cursor.next() || (await cursor.load())) count += cursor.record.keyLength;
 */
export class Cursor<V extends KeyView> {
  readonly #core: CursorCore<V>;
  readonly #target = new ByteWriter();

  constructor(core: CursorCore<V>) {
    this.#core = core;
  }

  /** The record that it is at, after a move that said that there is one. Ask again after each move. */
  get record(): V {
    return this.#core.record;
  }

  /** Moves to the next record as far as it is in memory. False: `load` goes on. @throws a format error on damage */
  next(): boolean {
    return this.#core.next();
  }

  /** Reads on and moves to the next record; false if there is none. @throws a format error on damage, whatever the source throws */
  load(): Promise<boolean> {
    return run(this.#core.load(), performRead);
  }

  /** Goes before the first record whose key is at or past `key`, from wherever it is; `next() || await load()` then moves to it. */
  async seek(key: string | Uint8Array): Promise<void> {
    this.#target.length = 0;
    putText(this.#target, key);
    if (!this.#core.seek(this.#target.buffer, this.#target.length)) await run(this.#core.settle(), performRead);
  }
}

/**
 * The sync face of {@link Cursor}.
 *
 * @example while (cursor.next() || cursor.load()) count += cursor.record.keyLength;
 */
export class CursorSync<V extends KeyView> {
  readonly #core: CursorCore<V>;
  readonly #target = new ByteWriter();

  constructor(core: CursorCore<V>) {
    this.#core = core;
  }

  /** As {@link Cursor.record}. */
  get record(): V {
    return this.#core.record;
  }

  /** As {@link Cursor.next}. */
  next(): boolean {
    return this.#core.next();
  }

  /** As {@link Cursor.load}. */
  load(): boolean {
    return runSync(this.#core.load(), performReadSync);
  }

  /** As {@link Cursor.seek}. */
  seek(key: string | Uint8Array): void {
    this.#target.length = 0;
    putText(this.#target, key);
    if (!this.#core.seek(this.#target.buffer, this.#target.length)) runSync(this.#core.settle(), performReadSync);
  }
}
