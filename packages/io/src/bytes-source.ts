import type { BlockSource, BlockSourceSync } from './source.js';

/** A table that is in memory as a whole. Reads are views into it, not copies. */
export class BytesSource implements BlockSource, BlockSourceSync {
  readonly size: number;
  readonly name: string | undefined;
  readonly #bytes: Uint8Array;

  /** @param name what errors call these bytes */
  constructor(bytes: Uint8Array, name?: string) {
    this.#bytes = bytes;
    this.size = bytes.length;
    this.name = name;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }

  readSync(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }

  close(): void {
    // Bytes in memory hold nothing that must be freed.
  }

  closeSync(): void {
    this.close();
  }
}
