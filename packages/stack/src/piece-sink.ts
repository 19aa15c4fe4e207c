import type { Sink } from '@reftable/io';

/** Collects what is written until somebody takes it away. */
export class PieceSink implements Sink {
  /** Bytes that wait to be taken. */
  size = 0;
  #buffer = new Uint8Array(1024);

  write(bytes: Uint8Array): void {
    const end = this.size + bytes.length;
    if (end > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, this.size));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.size);
    this.size = end;
  }

  /** What waits, until more is written. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.size);
  }

  /** It was taken away. */
  clear(): void {
    this.size = 0;
  }
}
