import { textBytes } from '@reftable/block';
import type { Core } from '@reftable/io';
import { compareBytes, hasBytesAt, pastPrefix } from '@reftable/varint';
import type { CursorCore, KeyView } from './cursor-core.js';

/** Which refs are wanted. Everything given must hold. */
export interface RefRange {
  /** Only names that start with this. */
  readonly prefix?: string | Uint8Array;
  /** Only names at or after this, in the order of bytes. */
  readonly from?: string | Uint8Array;
  /** Only names after all that start with this. */
  readonly past?: string | Uint8Array;
  /** No names that start with any of these; they are jumped over, not read. An empty one is ignored. */
  readonly exclude?: readonly (string | Uint8Array)[];
  /** Tombstones too. Default false. */
  readonly tombstones?: boolean;
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

/** A range of refs in bytes; undefined if nothing can be in it. */
export function keyRange(range: RefRange): KeyRange | undefined {
  const prefix = textBytes(range.prefix ?? EMPTY);
  const past = range.past === undefined ? EMPTY : pastPrefix(textBytes(range.past));
  if (past === undefined) return undefined;
  const start = [prefix, textBytes(range.from ?? EMPTY), past].reduce((a, b) => (compareBytes(a, b) < 0 ? b : a));
  const exclude = (range.exclude ?? []).map(textBytes).filter((bytes) => bytes.length > 0);
  return { start, prefix, exclude, tombstones: range.tombstones ?? false };
}

/** A cursor that stays within a range of keys, and passes over tombstones where they are not wanted. */
export class RangeCursor<V extends KeyView> implements CursorCore<V> {
  readonly #cursor: CursorCore<V>;
  /** Undefined: nothing is in the range. */
  readonly #start: Uint8Array | undefined;
  readonly #prefix: Uint8Array;
  readonly #exclude: readonly Uint8Array[];
  readonly #isBounded: boolean;
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
    this.#isBounded = this.#prefix.length + this.#exclude.length > 0;
    this.#tombstones = range?.tombstones ?? false;
    this.#jump = this.#start;
    // The start of everything is where a fresh cursor is.
    this.#isHalted = this.#start?.length !== 0;
  }

  get record(): V {
    return this.#cursor.record;
  }

  next(): boolean {
    while (!this.#isHalted && this.#cursor.next()) if (this.#accepts(this.#cursor.record)) return true;
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

  /** Whether the record is wanted. If it is not, the range may be at its end, or go on elsewhere. */
  #accepts(record: V): boolean {
    return (!this.#isBounded || this.#isInside(record)) && (this.#tombstones || !record.isDeletion);
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
