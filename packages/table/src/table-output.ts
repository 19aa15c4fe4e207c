import type { Sink } from '@reftable/io';

/** Counts what goes to the sink, and owes it padding: a block is padded only when another follows that is aligned too. */
export class TableOutput {
  /** Offset in the file at which the next block goes. */
  position = 0;
  readonly #sink: Sink;
  readonly #header: Uint8Array;
  readonly #alignment: number;
  #padding = 0;

  /** @param alignment to what blocks are padded; 0: they are not */
  constructor(sink: Sink, header: Uint8Array, alignment: number) {
    this.#sink = sink;
    this.#header = header;
    this.#alignment = alignment;
  }

  /** Bytes that the next block leaves free in front for the file header. */
  get headerOffset(): number {
    return this.position === 0 ? this.#header.length : 0;
  }

  /** Writes a block. If `padded`, the block after it starts at a multiple of the block size from here. */
  block(bytes: Uint8Array, padded: boolean): void {
    if (this.position === 0) bytes.set(this.#header);
    this.#sink.write(new Uint8Array(this.#padding));
    this.#sink.write(bytes);
    this.#padding = padded ? Math.max(this.#alignment - bytes.length, 0) : 0;
    this.position += bytes.length + this.#padding;
  }

  /** Forgets the padding owed: what follows is not aligned. */
  dropPadding(): void {
    this.position -= this.#padding;
    this.#padding = 0;
  }

  /** Writes the footer, behind the header where there was no block. */
  footer(bytes: Uint8Array): void {
    this.dropPadding();
    if (this.position === 0) this.#sink.write(this.#header);
    this.#sink.write(bytes);
    this.position += this.headerOffset + bytes.length;
  }
}
