import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, type Block } from '@reftable/block';
import { ReadAhead, type Core } from '@reftable/io';
import { isReftableError } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { BlockStore } from '../block-store.js';
import type { Findings, TablePart } from './finding.js';
import { offsetOf } from './place.js';

/**
 * Goes over one level of an index side by side with the walk over the blocks below it: each record must name the next of them, and its last key.
 * Damage in the index itself is not reported here: the walk comes to it later.
 */
export class IndexFollower {
  /** Which block the record at hand names; not a number: it does not say; infinity: there are no more. */
  position = -1;
  readonly #store: BlockStore;
  readonly #record = new BlockCursor(0);
  readonly #part: TablePart;
  readonly #findings: Findings;
  #nextBlock: number;
  #ahead = 0;
  /** Damage has ended it early. */
  #isLost = false;

  /** @param store the blocks up to where the level ends at the latest; @param start where it begins */
  constructor(store: BlockStore, start: number, part: TablePart, findings: Findings) {
    this.#store = store;
    this.#nextBlock = start;
    this.#part = part;
    this.#findings = findings;
  }

  /** The walk has come to a block. @param key a buffer that starts with its last key; @param keyLength undefined if that is not known */
  *match({ position }: Block, key: Uint8Array, keyLength: number | undefined): Core<void> {
    if (this.position === -1) yield* this.#advance();
    yield* this.#passUpTo(position);
    if (this.position > position) {
      if (!this.#isLost) this.#findings.add('INDEX_MISSING', `the index has no record of the block at ${position}`, position, this.#part);
      return;
    }
    // One that does not say which block it names is taken for this block's.
    const { key: indexKey, keyLength: indexKeyLength } = this.#record;
    if (keyLength !== undefined && this.position === position && (keyLength !== indexKeyLength || !hasBytesAt(key, 0, indexKey, keyLength))) {
      this.#findings.add('INDEX_KEY', `the index has another last key for the block at ${position} than the block`, offsetOf(this.#record), this.#part);
    }
    yield* this.#advance();
  }

  /** The walk goes on at `position`: what is before it can't be read, so that nothing is said of records for it. */
  *skipTo(position: number): Core<void> {
    if (this.position === -1) yield* this.#advance();
    while (this.position < position) yield* this.#advance();
  }

  /** The walk has passed the last block. */
  finish(): Core<void> {
    return this.#passUpTo(Infinity);
  }

  /** Passes records that name no block to which the walk came, or one that has been named. */
  *#passUpTo(position: number): Core<void> {
    while (this.position < position) {
      this.#findings.add('INDEX_POSITION', `index record names byte ${this.position}, where no block of the section begins, or one that is named before`, offsetOf(this.#record), this.#part);
      yield* this.#advance();
    }
  }

  *#advance(): Core<void> {
    const record = this.#record;
    try {
      while (!record.next()) {
        const block = this.#nextBlock < this.#store.end ? yield* this.#store.scan(this.#nextBlock, this.#ahead) : undefined;
        if (block?.type !== INDEX_BLOCK) {
          this.position = Infinity;
          return;
        }
        this.#ahead = ReadAhead.next(this.#ahead);
        this.#nextBlock = block.end;
        record.enter(block);
      }
    } catch (error) {
      if (!isReftableError(error, 'format')) throw error;
      this.position = Infinity;
      this.#isLost = true;
      return;
    }
    this.position = positionIn(record);
  }
}

function positionIn(record: BlockCursor): number {
  try {
    return decodeIndexPosition(record);
  } catch (error) {
    if (isReftableError(error)) return NaN;
    throw error;
  }
}
