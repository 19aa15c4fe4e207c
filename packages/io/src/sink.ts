import { runSync, type Core } from './core.js';

/** Where a file is written to, from its start to its end. */
export interface Sink {
  /** Takes the next bytes of the file. They are the writer's again after the call: a sink that keeps them copies them. */
  write(bytes: Uint8Array): void;
}

/** Writes much to a sink, and pauses now and then: so that what is there can be passed on before all of it is in memory. */
export type Pausing<T> = Core<T, undefined>;

/** Does without the pauses. */
export function atOnce<T>(writing: Pausing<T>): T {
  return runSync(writing, () => undefined);
}

/** Bytes of a piece that a `BytesSink` collects in: growing one buffer would copy it again and again. */
const PIECE = 1 << 20;

/** Collects a file in memory. */
export class BytesSink implements Sink {
  readonly #full: Uint8Array[] = [];
  #piece = new Uint8Array(4096);
  #used = 0;

  write(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#piece.length) {
      this.#full.push(this.#piece.subarray(0, this.#used));
      this.#piece = new Uint8Array(Math.max(PIECE, bytes.length));
      this.#used = 0;
    }
    this.#piece.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** What was written so far. */
  bytes(): Uint8Array {
    const pieces = [...this.#full, this.#piece.subarray(0, this.#used)];
    const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      all.set(piece, offset);
      offset += piece.length;
    }
    return all;
  }
}
