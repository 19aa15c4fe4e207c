import { putU32 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { encodeObject } from './object-record.js';

/** Where the records of an object section go. */
export interface ObjectTarget {
  /** Adds a record; false if it is too large. */
  tryAdd(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean;
}

/** Makes one record of the mentions of each id. */
export class ObjectRecordWriter {
  readonly #target: ObjectTarget;
  readonly #blocks: readonly number[];
  readonly #idLength: number;
  readonly #value = new ByteWriter();
  /** The id that the mentions are of, as bytes and as words. */
  readonly #id: Uint8Array;
  readonly #words: Uint32Array;
  /** The blocks that mention it. Only the first `count` count. */
  readonly #positions: number[] = [];
  #count = 0;

  /** @param blocks where the blocks are, by their numbers @param idLength bytes of an id in the keys */
  constructor(target: ObjectTarget, blocks: readonly number[], idSize: number, idLength: number) {
    this.#target = target;
    this.#blocks = blocks;
    this.#idLength = idLength;
    this.#id = new Uint8Array(idSize);
    this.#words = new Uint32Array(idSize / 4);
  }

  /** Adds rows of mentions: those of an id behind one another, by their blocks. */
  add(rows: Uint32Array): void {
    const idWords = this.#words.length;
    for (let row = 0; row < rows.length; row += idWords + 1) {
      const position = this.#blocks[rows[row + idWords]!]!;
      if (!this.#isOfId(rows, row)) {
        this.finish();
        this.#setId(rows, row);
      } else if (this.#count > 0 && position === this.#positions[this.#count - 1]) {
        continue;
      }
      this.#positions[this.#count++] = position;
    }
  }

  /** Writes the record of the last id. */
  finish(): void {
    if (this.#count === 0) return;
    // Where the blocks are too many for a record, one without any says so.
    if (!this.#tryAdd(this.#count)) this.#tryAdd(0);
    this.#count = 0;
  }

  #isOfId(rows: Uint32Array, row: number): boolean {
    const words = this.#words;
    for (let word = 0; word < words.length; word++) if (rows[row + word] !== words[word]) return false;
    return true;
  }

  #setId(rows: Uint32Array, row: number): void {
    for (let word = 0; word < this.#words.length; word++) {
      this.#words[word] = rows[row + word]!;
      putU32(this.#id, 4 * word, rows[row + word]!);
    }
  }

  #tryAdd(count: number): boolean {
    const value = this.#value;
    value.length = 0;
    const valueType = encodeObject(value, this.#positions, count);
    return this.#target.tryAdd(this.#id, this.#idLength, valueType, value.buffer, value.length);
  }
}
