/*
 * The object section's records, as they come out of the refs: for every object id the ref blocks that mention it. Ids are shortened
 * to the longest prefix that two neighbours share, and a byte more, at least 2.
 */
import { ReftableError } from '@reftable/varint';
import { MentionSorter } from './mention-sorter.js';
import { Mentions } from './mentions.js';
import { ObjectRecordWriter, type ObjectTarget } from './object-record-writer.js';
import { REF_DIRECT, REF_PEELED } from './ref-record.js';

export { decodeObjectPositions, encodeObject } from './object-record.js';
export type { ObjectTarget };

/** The bytes of an object id that a key may have. */
export interface ObjectIdLengths {
  readonly least: number;
  readonly most: number;
}

/** Git's: the shortest that it writes, and the longest that the footer has room for. */
const GIT_LENGTHS: ObjectIdLengths = { least: 2, most: 31 };

/** First bytes that an id may have. */
const FIRST_BYTES = 256;

/**
 * Collects which block mentions which object id: of all that a table's writer keeps, the only thing that is there for each ref. It is kept
 * apart by the id's first byte, so that it can be sorted in its own place, with little more.
 *
 * Where there are more mentions than may be held, only those of the highest first bytes are; and all are asked for again, in *passes*. On the way down
 * to the lowest first byte, they find how long the keys must be; on the way up, they write.
 */
export class ObjectIndex {
  readonly #idSize: number;
  readonly #limit: number;
  /** By first byte. */
  readonly #mentions: (Mentions | undefined)[] = [];
  /** What mentions stood in that are not held any more, for others to stand in. */
  readonly #free: Uint32Array[] = [];
  #held = 0;
  /** How many mentions there are of ids with each first byte. */
  readonly #counts = new Uint32Array(FIRST_BYTES);
  /* The first bytes of the ids that this pass collects: from the one on, and below the other. */
  #from = 0;
  #end = FIRST_BYTES;
  /** Where the blocks are that mention any. */
  readonly #positions: number[] = [];
  /** By block: how many mentions there are in those before it. */
  readonly #before: number[] = [];
  /* How many mentions this pass has met, and the number of the block that the last was in. */
  #met = 0;
  #block = -1;
  /** How many there are; undefined in the first pass. */
  #total: number | undefined;
  /** The most bytes that two ids start with alike, as far as that is known. */
  #longest = 0;
  /** On the way up. */
  #writer: ObjectRecordWriter | undefined;

  /** @param limit how many mentions are held at most, as far as first bytes tell them apart */
  constructor(idSize: number, limit = Infinity) {
    this.#idSize = idSize;
    this.#limit = limit;
  }

  /**
   * Notes which ids a ref mentions: those at the end of its value.
   * @param position of the block that the ref is in; they never go down
   */
  add(valueType: number, bytes: Uint8Array, valueEnd: number, position: number): void {
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return;
    if (this.#block < 0 || position !== this.#positions[this.#block]) {
      this.#block = this.#positions.push(position) - 1;
      this.#before.push(this.#met);
    }
    this.#collect(bytes, valueEnd - valueType * this.#idSize, valueEnd);
  }

  /** Notes them again, in a pass after the first. All refs that mention any come in the same order. */
  repeat(valueType: number, bytes: Uint8Array, valueEnd: number): void {
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return;
    if (this.#met === this.#before[this.#block + 1]) this.#block++;
    this.#collect(bytes, valueEnd - valueType * this.#idSize, valueEnd);
  }

  /**
   * Ends a pass. In the last one, a record has been written for each id, ascending, with its blocks, ascending and each once; or, where those are too
   * many for a block, with none.
   * @param open is asked once for where they go, if there are any
   * @returns bytes of an id in the keys; 0 where ids are alike in more bytes than there may be: then nothing is written. Undefined where there must be
   *   another pass: all refs are to be given again, to {@link repeat}
   * @throws `REFS_NOT_REPEATED` (misuse)
   */
  *endPass(open: () => ObjectTarget, { least, most } = GIT_LENGTHS): Generator<undefined, number | undefined, void> {
    this.#total ??= this.#met;
    if (this.#met !== this.#total) {
      throw new ReftableError('misuse', 'REFS_NOT_REPEATED', `${this.#met} object ids were repeated where there are ${this.#total}`);
    }
    this.#sort();
    const idLength = Math.max(this.#longest + 1, least);
    if (idLength > most) return 0;
    if (this.#writer === undefined && this.#from > 0) {
      this.#startPass(this.#from - 1, -1);
      return undefined;
    }
    if (this.#total === 0) return idLength;
    this.#writer ??= new ObjectRecordWriter(open(), this.#positions, this.#idSize, idLength);
    yield* this.#write(this.#writer);
    if (this.#end < FIRST_BYTES) {
      this.#startPass(this.#end, 1);
      return undefined;
    }
    this.#writer.finish();
    return idLength;
  }

  /** Collects those of the ids from `start` to `end` whose turn it is. */
  #collect(bytes: Uint8Array, start: number, end: number): void {
    for (let id = start; id < end; id += this.#idSize) {
      const first = bytes[id]!;
      this.#met++;
      const isFirstPass = this.#total === undefined;
      if (isFirstPass) this.#counts[first]!++;
      if (first < this.#from || first >= this.#end) continue;
      const mentions = (this.#mentions[first] ??= new Mentions(this.#idSize, this.#free));
      mentions.add(bytes, id, this.#block);
      if (++this.#held > this.#limit && isFirstPass) this.#makeRoom();
    }
  }

  /** Leaves the lowest first bytes to other passes. After the first one, it is known what there is room for. */
  #makeRoom(): void {
    while (this.#held > this.#limit && this.#from < this.#end - 1) {
      this.#held -= this.#mentions[this.#from]?.count ?? 0;
      this.#forget(this.#from++);
    }
  }

  /** Starts a pass that goes from a first byte up or down as far as there is room for what it will collect. */
  #startPass(first: number, step: 1 | -1): void {
    for (let byte = this.#from; byte < this.#end; byte++) this.#forget(byte);
    this.#held = this.#met = 0;
    this.#block = -1;
    let last = first;
    let sum = this.#counts[first]!;
    for (let next = first + step; next >= 0 && next < FIRST_BYTES; next += step) {
      const count = this.#counts[next]!;
      if (sum > 0 && count > 0 && sum + count > this.#limit) break;
      sum += count;
      last = next;
    }
    this.#from = Math.min(first, last);
    this.#end = Math.max(first, last) + 1;
  }

  #sort(): void {
    const sorter = new MentionSorter();
    for (const mentions of this.#mentions) if (mentions !== undefined) this.#longest = Math.max(this.#longest, sorter.sort(mentions));
  }

  /** Writes what was collected, and forgets it. */
  *#write(writer: ObjectRecordWriter): Generator<undefined, void, void> {
    for (const [first, mentions] of this.#mentions.entries()) {
      if (mentions === undefined) continue;
      for (const piece of mentions.rows) {
        writer.add(piece);
        yield;
      }
      this.#forget(first);
    }
  }

  /** Forgets the mentions of ids with this first byte. */
  #forget(first: number): void {
    this.#mentions[first]?.release();
    this.#mentions[first] = undefined;
  }
}
