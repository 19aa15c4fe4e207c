import { BlockCursor, type Block } from '@reftable/block';
import { decodeVarint, isReftableError, skipVarint } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { Findings } from './finding.js';
import { offsetIn } from './place.js';
import type { RecordCheck } from './record-checks.js';

/** After so many damages, the rest of a block is left alone. */
const MAX_DAMAGES = 20;

/**
 * Goes over the records of blocks, from one to the next as a scan does, and reports what is wrong. Behind damage it goes on: with the next
 * record, where its place is known, or else at the next restart.
 */
export class BlockWalk {
  /** Whether every record could be read since this was last set. */
  isWhole = true;
  /** After a walk: at the record that was read last. */
  readonly cursor: BlockCursor;
  readonly #findings: Findings;
  /** Where the record begins that is read. */
  #start = 0;
  /* The next restart to come: its number and its offset. */
  #restart = 0;
  #restartAt = 0;

  constructor(idSize: number, findings: Findings) {
    this.cursor = new BlockCursor(idSize);
    this.#findings = findings;
  }

  /** Walks a block. @returns whether it came to the last record, whose key the cursor then has */
  walk(block: Block, check: RecordCheck): boolean {
    this.cursor.enter(block);
    this.#expectRestart(block, 0);
    let reached = false;
    for (let damages = 0; damages < MAX_DAMAGES; damages++) {
      try {
        this.#pass(block, check);
        reached = true;
        break;
      } catch (error) {
        this.#report(block, error);
        this.isWhole = false;
        if (!this.#goOn(block, error)) break;
      }
    }
    check.endBlock?.(block.position);
    return reached;
  }

  #pass(block: Block, check: RecordCheck): void {
    const cursor = this.cursor;
    for (;;) {
      const start = cursor.valueEnd;
      this.#start = start;
      if (start >= this.#restartAt) this.#checkRestarts(block, start);
      if (!cursor.next()) return;
      check.record(cursor);
    }
  }

  /** Restarts up to the record at `start`: that they point at records, whose keys are whole. */
  #checkRestarts(block: Block, start: number): void {
    while (this.#restartAt <= start) {
      const at = this.#restartAt;
      if (at < start) this.#badRestart(block, at, 'points into a record');
      else if (block.bytes[at] !== 0) this.#badRestart(block, at, 'is at a key that is not whole');
      this.#expectRestart(block, this.#restart + 1);
    }
  }

  #badRestart(block: Block, at: number, what: string): void {
    this.#findings.add('RESTART_OFFSET', `restart ${this.#restart}, of ${at}, ${what}`, offsetIn(block, at));
  }

  #expectRestart(block: Block, index: number): void {
    this.#restart = index;
    this.#restartAt = index < block.restartCount ? block.restart(index) : Infinity;
  }

  #report(block: Block, error: unknown): void {
    if (isReftableError(error, 'KEY_ORDER') && this.#repeats(block)) {
      this.#findings.add('KEY_DUPLICATE', 'key is that of the record before it', offsetIn(block, this.#start));
    } else {
      this.#findings.addError(error);
    }
  }

  /** Whether the record that did not ascend has the key of the one before. */
  #repeats({ bytes, recordsEnd }: Block): boolean {
    const { key, keyLength } = this.cursor;
    const prefix = decodeVarint(bytes, this.#start, recordsEnd);
    const at = skipVarint(bytes, this.#start, recordsEnd);
    const suffix = decodeVarint(bytes, at, recordsEnd) >>> 3;
    return keyLength > 0 && prefix + suffix === keyLength && hasBytesAt(bytes, skipVarint(bytes, at, recordsEnd), key.subarray(prefix, keyLength));
  }

  /** Puts the cursor where it can go on; false: nowhere in this block. */
  #goOn(block: Block, error: unknown): boolean {
    const cursor = this.cursor;
    const start = this.#start;
    // Not its place was damaged, but what it says.
    if (cursor.valueEnd > start) return true;
    if (isReftableError(error, 'KEY_ORDER') && this.#takeAnyway(block)) return true;
    while (this.#restartAt <= start) this.#expectRestart(block, this.#restart + 1);
    if (this.#restartAt === Infinity) return false;
    cursor.reset();
    cursor.enter(block);
    cursor.valueEnd = this.#restartAt;
    return true;
  }

  /**
   * A record whose key does not ascend still shares a prefix with the key before it: with no more than that in the cursor, it may pass.
   * A record that adds nothing to its prefix does not.
   */
  #takeAnyway({ bytes, recordsEnd }: Block): boolean {
    const prefix = decodeVarint(bytes, this.#start, recordsEnd);
    const suffix = decodeVarint(bytes, skipVarint(bytes, this.#start, recordsEnd), recordsEnd) >>> 3;
    this.cursor.keyLength = prefix;
    return suffix > 0;
  }
}
