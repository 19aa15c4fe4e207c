/** Keeps blocks of a file by their positions, up to a bound. */
export class BlockCache<B extends { readonly position: number; readonly bytes: Uint8Array }> {
  readonly #blocks = new Map<number, B>();
  readonly #limit: number;
  #size = 0;

  /** @param limit the most bytes of blocks that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The block at `position`, if it is kept. */
  get(position: number): B | undefined {
    return this.#blocks.get(position);
  }

  /** Keeps a block. True: all others were forgotten for that. */
  keep(block: B): boolean {
    const size = block.bytes.length;
    // All are forgotten at once: those that are still of use are soon back, and to keep account of each would cost every lookup.
    const isFull = this.#size + size > this.#limit;
    if (isFull) {
      this.#blocks.clear();
      this.#size = 0;
    }
    this.#blocks.set(block.position, block);
    this.#size += size;
    return isFull;
  }
}
