import { ReftableError } from '@reftable/varint';
import type { BlockSource } from './source.js';

/** A `Blob` or `File`, as a page gets it from a file input, a drop, `fetch`, or an origin-private file. */
export class BlobSource implements BlockSource {
  readonly size: number;
  readonly name: string | undefined;
  readonly #blob: Blob;

  /** @param name what errors call it; a `File` knows its own name */
  constructor(blob: Blob, name = (blob as Partial<File>).name) {
    this.#blob = blob;
    this.size = blob.size;
    this.name = name;
  }

  /** @throws `SOURCE_READ` (io), also where the file behind the blob has changed since */
  async read(offset: number, length: number): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      throw new ReftableError('io', 'SOURCE_READ', 'blob can not be read', { offset, file: this.name, cause });
    }
    if (bytes.length !== length) {
      throw new ReftableError('io', 'SOURCE_READ', 'blob is shorter than it was', { offset, file: this.name });
    }
    return bytes;
  }

  close(): void {
    // A blob holds nothing that must be freed.
  }
}
