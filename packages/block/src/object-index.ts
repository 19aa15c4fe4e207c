/*
 * The object section's records, as they come out of the refs: for every object id the ref blocks that mention it. Ids are shortened
 * to the longest prefix that two neighbours share, and a byte more, at least 2.
 */
import { getU32, hasBytesAt } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { MentionSorter } from './mention-sorter.js';
import { Mentions } from './mentions.js';
import { encodeObject } from './object-record.js';

/** The bytes of an object id that a key may have. */
export interface ObjectIdLengths {
  readonly least: number;
  readonly most: number;
}

/** Git's: the shortest that it writes, and the longest that the footer has room for. */
const GIT_LENGTHS: ObjectIdLengths = { least: 2, most: 31 };

/** Where the records go. */
export interface ObjectTarget {
  /** Adds a record; false if it is too large. */
  tryAdd(key: Uint8Array, keyLength: number, valueType: number, value: Uint8Array, valueLength: number): boolean;
}

/**
 * Collects which block mentions which object id: of all that a table's writer keeps, the only thing that is there for each ref. It is kept
 * apart by the id's first byte, so that it can be sorted in its own place, with little more.
 */
export class ObjectIndex {
  readonly #idSize: number;
  /** By first byte. */
  readonly #mentions: (Mentions | undefined)[] = [];
  /** Where the blocks are that mention any. */
  readonly #positions: number[] = [];

  constructor(idSize: number) {
    this.#idSize = idSize;
  }

  /** Notes that the ref block at `position` mentions the id that starts at `bytes[start]`. Positions never go down. */
  add(bytes: Uint8Array, start: number, position: number): void {
    const positions = this.#positions;
    if (positions.length === 0 || position !== positions[positions.length - 1]) positions.push(position);
    const mentions = (this.#mentions[bytes[start]!] ??= new Mentions(this.#idSize));
    mentions.add(bytes, start, positions.length - 1);
  }

  /**
   * Writes a record for each id, ascending, with its blocks, ascending and each once; or, where those are too many for a block, with none.
   * What has been written is forgotten.
   * @param open is asked for where they go, if there are any
   * @returns bytes of an id in the keys; 0 where ids are alike in more bytes than there may be: then nothing is written
   */
  *writeTo(open: () => ObjectTarget, { least, most } = GIT_LENGTHS): Generator<undefined, number, void> {
    const idLength = this.#sort(least);
    if (idLength > most) return 0;
    if (this.#positions.length === 0) return idLength;
    const writer = new ObjectRecordWriter(open(), this.#idSize, idLength);
    for (const [first, mentions] of this.#mentions.entries()) {
      if (mentions === undefined) continue;
      const { pieces, rowSize } = mentions;
      let left = mentions.size;
      for (const piece of pieces) {
        const used = Math.min(piece.length, left);
        for (let row = 0; row < used; row += rowSize) writer.add(piece, row, this.#positions[getU32(piece, row + this.#idSize)]!);
        left -= used;
        yield;
      }
      this.#mentions[first] = undefined;
    }
    writer.finish();
    return idLength;
  }

  /** Sorts the mentions. @returns bytes by which all ids can be told apart, or `least` if they are fewer */
  #sort(least: number): number {
    const sorter = new MentionSorter(this.#idSize);
    let longest = least - 1;
    for (const mentions of this.#mentions) if (mentions !== undefined) longest = Math.max(longest, sorter.sort(mentions));
    return longest + 1;
  }
}

/** Makes one record of the mentions of each id. */
class ObjectRecordWriter {
  readonly #target: ObjectTarget;
  readonly #idLength: number;
  readonly #value = new ByteWriter();
  /** The id that the mentions are of. */
  readonly #id: Uint8Array;
  /** Only the first `count` count. */
  readonly #positions: number[] = [];
  #count = 0;

  constructor(target: ObjectTarget, idSize: number, idLength: number) {
    this.#target = target;
    this.#idLength = idLength;
    this.#id = new Uint8Array(idSize);
  }

  /** Adds a mention, behind those of the same id. */
  add(bytes: Uint8Array, start: number, position: number): void {
    const id = this.#id;
    if (this.#count > 0 && !hasBytesAt(bytes, start, id)) this.finish();
    if (this.#count === 0) {
      for (let index = 0; index < id.length; index++) id[index] = bytes[start + index]!;
    } else if (position === this.#positions[this.#count - 1]) {
      return;
    }
    this.#positions[this.#count++] = position;
  }

  /** Writes the record of the last id. */
  finish(): void {
    if (!this.#tryAdd(this.#count)) this.#tryAdd(0);
    this.#count = 0;
  }

  #tryAdd(count: number): boolean {
    const value = this.#value;
    value.length = 0;
    const valueType = encodeObject(value, this.#positions, count);
    return this.#target.tryAdd(this.#id, this.#idLength, valueType, value.buffer, value.length);
  }
}
