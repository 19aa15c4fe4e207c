import { putU32 } from '@reftable/varint';

/** Bytes of the number of a block. */
const NUMBER_SIZE = 4;

/** The least and the most rows of a piece. */
const FIRST_ROWS = 4;
const MOST_ROWS = 512;

/** Which blocks mention which object ids: rows of an id and the number of a block, together 24 or 36 bytes. */
export class Mentions {
  readonly rowSize: number;
  /**
   * The rows stand together in pieces, each a buffer of its own: one for all would be copied again and again as it grows. All pieces but the last
   * are full.
   */
  readonly pieces: Uint8Array[] = [];
  /** Bytes of all rows. */
  size = 0;
  #piece = new Uint8Array(0);
  #used = 0;

  constructor(idSize: number) {
    this.rowSize = idSize + NUMBER_SIZE;
  }

  /** Adds that block number `block` mentions the id that starts at `bytes[start]`. */
  add(bytes: Uint8Array, start: number, block: number): void {
    if (this.#used === this.#piece.length) this.#addPiece();
    const piece = this.#piece;
    const idEnd = this.#used + this.rowSize - NUMBER_SIZE;
    for (let from = start, to = this.#used; to < idEnd; ) piece[to++] = bytes[from++]!;
    putU32(piece, idEnd, block);
    this.#used += this.rowSize;
    this.size += this.rowSize;
  }

  /** Few ids need little room. */
  #addPiece(): void {
    const rows = Math.min(Math.max(FIRST_ROWS, this.size / this.rowSize), MOST_ROWS);
    this.#piece = new Uint8Array(rows * this.rowSize);
    this.#used = 0;
    this.pieces.push(this.#piece);
  }
}
