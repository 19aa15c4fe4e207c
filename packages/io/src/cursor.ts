/*
 * What a cursor is, and its async and sync faces. Moving is a plain call that answers *need a block* at a block's end;
 * only then is a generator run.
 */
import { ByteWriter } from '@reftable/varint/bytes';
import { run, runSync, type Core } from './core.js';
import { performRead, performReadSync } from './source.js';

/** Moves over records in the order of their keys. */
export interface CursorCore<V> {
  /** The record that it is at, if the last move said that there is one. Another object may stand here after each move. */
  readonly record: V;
  /** Moves to the next record as far as it is in memory; false: `load` goes on. */
  next(): boolean;
  /** Reads what is needed and moves to the next record; false: there is none. */
  load(): Core<boolean>;
  /**
   * Goes before the first record whose key is at or past the first `length` bytes of `target`, from wherever it is, as far as what it needs
   * is in memory; false: `settle` goes on, with a target that must not have changed.
   */
  seek(target: Uint8Array, length: number): boolean;
  /** Reads what is needed and finishes the seek. */
  settle(): Core<void>;
  /** Nobody will move it any more, and what it uses may be let go of: for who can tell. Most cursors need not be told. */
  close?(): void;
}

/**
 * The fast way through many records: nothing is made for a record but what is asked of it.
 *
 * @example while (cursor.next() || (await cursor.load())) count += cursor.record.keyLength;
 */
export class Cursor<V> {
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
    this.#target.text(key);
    if (!this.#core.seek(this.#target.buffer, this.#target.length)) await run(this.#core.settle(), performRead);
  }
}

/**
 * The sync face of {@link Cursor}.
 *
 * @example while (cursor.next() || cursor.load()) count += cursor.record.keyLength;
 */
export class CursorSync<V> {
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
    this.#target.text(key);
    if (!this.#core.seek(this.#target.buffer, this.#target.length)) runSync(this.#core.settle(), performReadSync);
  }
}
