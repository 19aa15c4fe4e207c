/** Where a table is written to. */
export interface TableSink {
  /** Takes the next bytes of the file. They are the writer's again after the call: a sink that keeps them copies them. */
  write(bytes: Uint8Array): void;
}

/** Collects a table in memory. */
export class BytesSink implements TableSink {
  #buffer = new Uint8Array(4096);
  #length = 0;

  write(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(length, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** What was written so far. */
  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}
