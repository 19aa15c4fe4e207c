import type { Block, BlockCursor, RecordPlace } from '@reftable/block';
import type { Core, KeyView } from '@reftable/io';
import type { StoredRecord } from '@reftable/table';
import type { ByteWriter } from '@reftable/varint/bytes';
import type { SstCursor } from '../sst-cursor.js';
import { appendPart, keyWriter } from './key.js';

const NO_KEY: Uint8Array = new Uint8Array(0);

/**
 * A cursor over the records of one kind in a Git table, which itself shows the record that it is at, as one of a reftable: its key without
 * the letter in front, its value without the length. Records of other kinds are passed over.
 */
export abstract class GitCursor implements KeyView, RecordPlace, StoredRecord {
  protected readonly at: BlockCursor;
  protected readonly cursor: SstCursor;
  protected readonly idSize: number;
  readonly #letter: number;
  readonly #target: ByteWriter;
  /** Whether it is still to go to the first record of its kind. */
  #isFresh = true;
  #isDone = false;
  /* The buffer that whole keys are in, and the view of it without the letter. */
  #whole = NO_KEY;
  #key = NO_KEY;

  constructor(cursor: SstCursor, letter: number, idSize: number) {
    this.cursor = cursor;
    this.at = cursor.at;
    this.idSize = idSize;
    this.#letter = letter;
    this.#target = keyWriter(letter);
  }

  get key(): Uint8Array {
    const { key } = this.at;
    if (key !== this.#whole) {
      this.#whole = key;
      this.#key = key.subarray(1);
    }
    return this.#key;
  }
  get keyLength(): number {
    return this.at.keyLength - 1;
  }
  get shared(): number {
    return Math.max(this.at.shared - 1, 0);
  }
  get block(): Block | undefined {
    return this.at.block;
  }
  get bytes(): Uint8Array {
    return this.at.bytes;
  }
  get valueType(): number {
    return this.at.valueType;
  }
  get valueStart(): number {
    return this.at.contentStart;
  }
  abstract get contentStart(): number;
  get valueEnd(): number {
    return this.at.valueEnd;
  }
  get contentEnd(): number {
    return this.at.valueEnd;
  }
  abstract get isDeletion(): boolean;

  /** Checks the value of the record that it has come to. */
  protected abstract check(): void;

  /** @throws as `SstCursor.next`; `VALUE_TYPE`, `VALUE_LENGTH`, `KEY_ORDER` (a letter is all of the key) */
  next(): boolean {
    while (this.at.next()) if (this.#accepts()) return true;
    return false;
  }

  *load(): Core<boolean> {
    if (this.#isFresh && !this.seek(NO_KEY, 0)) yield* this.settle();
    while (!this.next()) {
      if (this.#isDone || !(yield* this.cursor.load())) return false;
      if (this.#accepts()) return true;
    }
    return true;
  }

  seek(target: Uint8Array, length: number): boolean {
    this.#isFresh = this.#isDone = false;
    const whole = this.#target;
    whole.length = 1;
    appendPart(whole, target, 0, length);
    return this.cursor.seek(whole.buffer, whole.length);
  }

  settle(): Core<void> {
    return this.cursor.settle();
  }

  /** Goes before the first record of its kind, as if it were fresh. */
  reset(): void {
    this.#isFresh = true;
    this.#isDone = false;
    this.cursor.reset();
  }

  /**
   * Goes before the first record of the data block at `position`, an offset in the file behind the block that it is in. To be followed by
   * `next` alone.
   */
  seekBlock(position: number): Core<void> {
    this.#isFresh = this.#isDone = false;
    return this.cursor.seekBlock(position);
  }

  /** Whether the record is of the kind. If it is of a later one, there are no more. */
  #accepts(): boolean {
    const letter = this.at.key[0]!;
    if (letter === this.#letter) {
      if (this.at.keyLength < 2) throw this.at.block!.damage('KEY_ORDER', 'empty name', this.at.valueStart);
      this.check();
      return true;
    }
    if (letter > this.#letter) {
      this.#isDone = true;
      this.at.reset();
    }
    return false;
  }
}
