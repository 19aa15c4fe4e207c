import { textBytes } from '@reftable/block';
import type { Core, CursorCore } from '@reftable/io';
import { compareBytes, pastPrefix } from '@reftable/varint';
import type { SstView } from './record.js';

/** Which records are wanted. Everything given must hold. Strings stand for their UTF-8 bytes. */
export interface SstRange {
  /** Only keys that start with this. */
  readonly prefix?: string | Uint8Array;
  /** Only keys at or after this. */
  readonly from?: string | Uint8Array;
  /** Only keys before this. */
  readonly before?: string | Uint8Array;
  /** From the last to the first. Default false. */
  readonly reverse?: boolean;
}

/** A cursor, forward or reverse, that stays within bounds. */
export class BoundedCursor implements CursorCore<SstView> {
  readonly #cursor: CursorCore<SstView>;
  /** The least key that may be wanted. */
  readonly #start: Uint8Array;
  /** The least key that is too great; undefined: none is. */
  readonly #end: Uint8Array | undefined;
  readonly #isReverse: boolean;
  /** Whether nothing can be wanted. */
  readonly #isEmpty: boolean;
  /** Whether it is still to go where it starts. */
  #isFresh: boolean;
  #isDone = false;

  /** @param cursor fresh, and in the direction of the range */
  constructor(cursor: CursorCore<SstView>, { prefix = '', from = '', before, reverse = false }: SstRange) {
    this.#cursor = cursor;
    this.#isReverse = reverse;
    const prefixBytes = textBytes(prefix);
    this.#start = later(prefixBytes, textBytes(from));
    const ends = [before === undefined ? undefined : textBytes(before), pastPrefix(prefixBytes)].filter((end) => end !== undefined);
    this.#end = ends.length === 0 ? undefined : ends.reduce((a, b) => (compareBytes(a, b) < 0 ? a : b));
    this.#isEmpty = this.#end !== undefined && compareBytes(this.#end, this.#start) <= 0;
    this.#isFresh = reverse ? this.#end !== undefined : this.#start.length > 0;
  }

  get record(): SstView {
    return this.#cursor.record;
  }

  next(): boolean {
    while (!this.#isFresh && !this.#isDone && this.#cursor.next()) if (this.#accepts()) return true;
    return false;
  }

  *load(): Core<boolean> {
    if (this.#isEmpty) return false;
    if (this.#isFresh) {
      const first = this.#isReverse ? this.#end! : this.#start;
      if (!this.seek(first, first.length)) yield* this.settle();
    }
    while (!this.next()) {
      if (this.#isDone || !(yield* this.#cursor.load())) return false;
      if (this.#accepts()) return true;
    }
    return true;
  }

  seek(target: Uint8Array, length: number): boolean {
    this.#isFresh = false;
    this.#isDone = this.#isEmpty;
    const bound = this.#isReverse ? this.#end : this.#start;
    const isBeyond = bound !== undefined && bound.length > 0 && this.#isBeyond(target.subarray(0, length), bound);
    return isBeyond ? this.#cursor.seek(bound, bound.length) : this.#cursor.seek(target, length);
  }

  #isBeyond(target: Uint8Array, bound: Uint8Array): boolean {
    const order = compareBytes(target, bound);
    return this.#isReverse ? order > 0 : order < 0;
  }

  settle(): Core<void> {
    return this.#cursor.settle();
  }

  /** Whether the record is wanted. If it is beyond the bound that the cursor moves towards, no more are. */
  #accepts(): boolean {
    const { record } = this.#cursor;
    const isTooGreat = this.#end !== undefined && compareKey(record, this.#end) >= 0;
    // It can't be too small going forwards, since that is where it started.
    this.#isDone = this.#isReverse ? compareKey(record, this.#start) < 0 : isTooGreat;
    return !isTooGreat && !this.#isDone;
  }
}

function compareKey({ key, keyLength }: SstView, bound: Uint8Array): number {
  const end = Math.min(keyLength, bound.length);
  let at = 0;
  while (at < end && key[at] === bound[at]) at++;
  return at < end ? key[at]! - bound[at]! : keyLength - bound.length;
}

function later(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? b : a;
}
