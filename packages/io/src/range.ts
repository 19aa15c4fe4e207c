import { compareBytes, pastPrefix } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { Core } from './core.js';
import type { CursorCore } from './cursor.js';

/** The key of the record that a cursor is at. */
export interface KeyView {
  /** The first `keyLength` bytes are the key. The next move overwrites them. */
  readonly key: Uint8Array;
  readonly keyLength: number;
  /** How many bytes the key has in common with the one that the same table's cursor passed before it. */
  readonly shared: number;
  /** Whether the record is a tombstone. */
  readonly isDeletion: boolean;
}

/** Bounds as bytes, for keys of any kind. */
export interface KeyRange {
  /** The first key that may be wanted. */
  readonly start: Uint8Array;
  /** What all keys start with. */
  readonly prefix: Uint8Array;
  /** Starts of keys to jump over, in the order of bytes. */
  readonly exclude: readonly Uint8Array[];
  readonly tombstones: boolean;
}

const EMPTY = new Uint8Array(0);

/** A cursor that stays within a range of keys, and passes over tombstones where they are not wanted. */
export class RangeCursor<V extends KeyView> implements CursorCore<V> {
  readonly #cursor: CursorCore<V>;
  /** Undefined: nothing is in the range. */
  readonly #start: Uint8Array | undefined;
  readonly #prefix: Uint8Array;
  readonly #exclude: readonly Uint8Array[];
  /** Whether all is in the range but tombstones, from where the cursor is: what most people want, and the fastest to check. */
  readonly #isPlain: boolean;
  readonly #tombstones: boolean;
  /** Whether the cursor below is not to be asked: the range is at its end, or goes on elsewhere. */
  #isHalted: boolean;
  /** Where it goes on; undefined: it is at its end. */
  #jump: Uint8Array | undefined;

  /** @param range undefined: nothing is in it */
  constructor(cursor: CursorCore<V>, range: KeyRange | undefined) {
    this.#cursor = cursor;
    this.#prefix = range?.prefix ?? EMPTY;
    this.#start = range?.start;
    this.#exclude = range?.exclude ?? [];
    this.#tombstones = range?.tombstones ?? false;
    this.#jump = this.#start;
    // The start of everything is where a fresh cursor is.
    this.#isHalted = this.#start?.length !== 0;
    this.#isPlain = !this.#isHalted && this.#prefix.length + this.#exclude.length === 0 && !this.#tombstones;
  }

  get record(): V {
    return this.#cursor.record;
  }

  next(): boolean {
    const cursor = this.#cursor;
    if (this.#isPlain) {
      while (cursor.next()) if (!cursor.record.isDeletion) return true;
    } else {
      while (!this.#isHalted && cursor.next()) if (this.#accepts(cursor.record)) return true;
    }
    return false;
  }

  *load(): Core<boolean> {
    // What is in memory comes first, also for a caller that does not ask `next` for it.
    while (!this.next()) {
      if (this.#isHalted) {
        if (this.#jump === undefined) return false;
        if (!this.seek(this.#jump, this.#jump.length)) yield* this.settle();
      } else if (!(yield* this.#cursor.load())) {
        this.#halt(undefined);
      } else if (this.#accepts(this.#cursor.record)) {
        return true;
      }
    }
    return true;
  }

  seek(target: Uint8Array, length: number): boolean {
    const start = this.#start;
    if (start === undefined) return true;
    this.#isHalted = false;
    const isBefore = start.length > 0 && compareBytes(target.subarray(0, length), start) < 0;
    return isBefore ? this.#cursor.seek(start, start.length) : this.#cursor.seek(target, length);
  }

  settle(): Core<void> {
    return this.#cursor.settle();
  }

  close(): void {
    this.#cursor.close?.();
  }

  /** Whether the record is wanted. If it is not, the range may be at its end, or go on elsewhere. */
  #accepts(record: V): boolean {
    return this.#isInside(record) && (this.#tombstones || !record.isDeletion);
  }

  #isInside(record: V): boolean {
    if (!startsWith(record, this.#prefix)) {
      this.#halt(undefined);
      return false;
    }
    for (const excluded of this.#exclude) {
      if (startsWith(record, excluded)) {
        this.#halt(pastPrefix(excluded));
        return false;
      }
    }
    return true;
  }

  #halt(jump: Uint8Array | undefined): void {
    this.#isHalted = true;
    this.#jump = jump;
  }
}

function startsWith({ key, keyLength }: KeyView, prefix: Uint8Array): boolean {
  return keyLength >= prefix.length && hasBytesAt(key, 0, prefix);
}
