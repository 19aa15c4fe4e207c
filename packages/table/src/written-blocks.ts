import { ByteWriter } from '@reftable/varint/bytes';

/** The blocks of a section that were written, as the index over them knows them: the last key of each, and where it is in the file. */
export class WrittenBlocks {
  /** All keys, one behind another. */
  readonly #keys = new ByteWriter();
  readonly #ends: number[] = [];
  readonly #positions: number[] = [];

  get count(): number {
    return this.#positions.length;
  }

  /** @param key of which the first `keyLength` bytes count */
  add(key: Uint8Array, keyLength: number, position: number): void {
    this.#keys.bytes(key.subarray(0, keyLength));
    this.#ends.push(this.#keys.length);
    this.#positions.push(position);
  }

  /** The last key of block number `index`: a view. */
  lastKey(index: number): Uint8Array {
    return this.#keys.buffer.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  /** Where block number `index` starts. */
  position(index: number): number {
    return this.#positions[index]!;
  }
}
