import { getU32 } from '@reftable/varint';

/** Bytes of a word. */
const WORD = 4;

/** The least and the most rows of a piece. */
const FIRST_ROWS = 4;
const MOST_ROWS = 512;

/**
 * Which blocks mention which object ids: rows of words, first those of the id and then the block's number. Words of an id are as numbers what they are
 * as bytes, the first byte highest, so that they sort alike.
 */
export class Mentions {
  /** Words of an id; a row has one more. */
  readonly idWords: number;
  /**
   * The rows stand together in pieces, each a buffer of its own: one for all would be copied again and again as it grows. All pieces but the last
   * are full.
   */
  readonly #pieces: Uint32Array[] = [];
  readonly #free: Uint32Array[];
  #piece: Uint32Array = new Uint32Array(0);
  /** Words of the last piece that are used. */
  #used = 0;

  /** @param free pieces of full size that are not in use; those of ids of other sizes are not among them */
  constructor(idSize: number, free: Uint32Array[]) {
    this.idWords = idSize / WORD;
    this.#free = free;
  }

  /** How many there are. */
  get count(): number {
    return this.rows.reduce((sum, piece) => sum + piece.length, 0) / (this.idWords + 1);
  }

  /** The rows, piece by piece. */
  get rows(): Uint32Array[] {
    return this.#pieces.map((piece) => (piece === this.#piece ? piece.subarray(0, this.#used) : piece));
  }

  /** Adds that block number `block` mentions the id that starts at `bytes[start]`. */
  add(bytes: Uint8Array, start: number, block: number): void {
    if (this.#used === this.#piece.length) this.#addPiece();
    const piece = this.#piece;
    let at = this.#used;
    const idEnd = at + this.idWords;
    for (let from = start; at < idEnd; from += WORD) piece[at++] = getU32(bytes, from);
    piece[at++] = block;
    this.#used = at;
  }

  /** Ends the use of this. What can be used for others is free now. */
  release(): void {
    for (const piece of this.#pieces) if (piece.length === MOST_ROWS * (this.idWords + 1)) this.#free.push(piece);
  }

  /** Few ids need little room. */
  #addPiece(): void {
    const rows = Math.min(Math.max(FIRST_ROWS, this.count), MOST_ROWS);
    const free = rows === MOST_ROWS ? this.#free.pop() : undefined;
    this.#piece = free ?? new Uint32Array(rows * (this.idWords + 1));
    this.#used = 0;
    this.#pieces.push(this.#piece);
  }
}
