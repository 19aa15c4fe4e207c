import { ReadRequest, type Core, type SourceInfo } from './core.js';

/** The least and the most that a scan reads ahead, in bytes. */
const FIRST_AHEAD = 16 << 10;
const MAX_AHEAD = 256 << 10;

/** Reads a file piece by piece, and what a scan is going to need next together with what it needs now. */
export class ReadAhead {
  readonly #source: SourceInfo;
  /* What a scan read last, and where it starts in the file. */
  #window: Uint8Array;
  #windowStart: number;

  /** @param tail the end of the file, as far as it was read */
  constructor(source: SourceInfo, tail: Uint8Array = new Uint8Array(0)) {
    this.#source = source;
    this.#window = tail;
    this.#windowStart = source.size - tail.length;
  }

  /**
   * At least `length` bytes from `position`, or all that there are up to `limit`.
   * @param ahead how much a scan may read ahead: what {@link next} made of the number in its call before, or 0
   */
  *read(position: number, length: number, ahead: number, limit: number): Core<Uint8Array> {
    const left = limit - position;
    const least = Math.min(length, left);
    const from = position - this.#windowStart;
    if (from >= 0 && from + least <= this.#window.length) return this.#window.subarray(from);
    const request = new ReadRequest(this.#source, position, Math.min(Math.max(length, ahead), left));
    yield request;
    if (ahead > 0) {
      this.#window = request.bytes;
      this.#windowStart = position;
    }
    return request.bytes;
  }

  /** How far a scan that has read `ahead` bytes ahead may look the next time: it goes up while the scan goes on. */
  static next(ahead: number): number {
    return Math.min(Math.max(ahead * 2, FIRST_AHEAD), MAX_AHEAD);
  }
}
