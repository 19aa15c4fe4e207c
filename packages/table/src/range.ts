import { textBytes } from '@reftable/block';
import type { Core } from '@reftable/io';
import { compareBytes } from '@reftable/varint';
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
  const start = [prefix, textBytes(range.from ?? EMPTY), past].reduce((a, b) => (isBefore(a, b) ? b : a));
  const exclude = (range.exclude ?? []).map(textBytes).filter((bytes) => bytes.length > 0);
  return { start, prefix, exclude, tombstones: range.tombstones ?? false };
}

/** A cursor that stays within a range of keys, and passes over tombstones where they are not wanted. */
export class RangeCursor<V extends KeyView> implements CursorCore<V> {
  readonly #cursor: CursorCore<V>;
  readonly #range: KeyRange;
  /** Where to go on from, if not from where the cursor is. */
  #jump: Uint8Array | undefined;
  #ended = false;

  /** @param range undefined: nothing is in it */
  constructor(cursor: CursorCore<V>, range: KeyRange | undefined) {
    this.#cursor = cursor;
    this.#range = range ?? { start: EMPTY, prefix: EMPTY, exclude: [], tombstones: false };
    this.#ended = range === undefined;
    this.#jump = this.#range.start;
  }

  get record(): V {
    return this.#cursor.record;
  }

  next(): boolean {
    while (!this.#isHalted() && this.#cursor.next()) if (this.#accepts(this.#cursor.record)) return true;
    return false;
  }

  *load(): Core<boolean> {
    while (!this.#ended) {
      if (this.#jump !== undefined) {
        const to = this.#jump;
        this.#jump = undefined;
        // The start of everything is where a fresh cursor is.
        if (to.length > 0) yield* this.#cursor.seek(to, to.length);
      } else if (!(yield* this.#cursor.load())) {
        this.#ended = true;
      } else if (this.#accepts(this.#cursor.record)) {
        return true;
      }
      if (this.next()) return true;
    }
    return false;
  }

  *seek(target: Uint8Array, length: number): Core<void> {
    const to = target.slice(0, length);
    this.#jump = undefined;
    this.#ended = false;
    const start = isBefore(to, this.#range.start) ? this.#range.start : to;
    yield* this.#cursor.seek(start, start.length);
  }

  /** Whether the cursor itself has no further say: the range is at its end, or goes on elsewhere. */
  #isHalted(): boolean {
    return this.#ended || this.#jump !== undefined;
  }

  /** Whether the record is wanted. If it is not, it may say that nothing more is, or where to jump. */
  #accepts(record: V): boolean {
    const { prefix, exclude, tombstones } = this.#range;
    if (prefix.length > 0 && !startsWith(record, prefix)) {
      this.#ended = true;
      return false;
    }
    for (const excluded of exclude) {
      if (startsWith(record, excluded)) {
        this.#jump = pastPrefix(excluded);
        this.#ended = this.#jump === undefined;
        return false;
      }
    }
    return tombstones || !record.isDeletion;
  }
}

/** The least key that comes after all that start with `prefix`; undefined if there is none. */
export function pastPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const past = prefix.slice(0, end);
  past[end - 1]!++;
  return past;
}

function startsWith({ key, keyLength }: KeyView, prefix: Uint8Array): boolean {
  if (keyLength < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) if (key[index] !== prefix[index]) return false;
  return true;
}

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) < 0;
}
