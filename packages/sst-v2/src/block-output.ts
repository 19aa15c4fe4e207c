import type { Sink } from '@reftable/io';
import { paddedSize } from './container-block.js';

/** Counts what goes to the sink, and owes it padding: a block is padded only when another follows. */
export class BlockOutput {
  /** Offset in the file at which the next block goes. */
  position = 0;
  /** Bytes of padding written. */
  paddingSize = 0;
  /** To what stored blocks are padded; 0: they are not. */
  alignment: number;
  readonly #sink: Sink;
  #owed = 0;

  constructor(sink: Sink, alignment: number) {
    this.#sink = sink;
    this.alignment = alignment;
  }

  /** Writes a block as it stands in the file. */
  block(bytes: Uint8Array): void {
    this.#sink.write(new Uint8Array(this.#owed));
    this.paddingSize += this.#owed;
    this.#sink.write(bytes);
    const start = this.position;
    this.position += paddedSize(bytes[0]!, start, bytes.length, this.alignment);
    this.#owed = this.position - start - bytes.length;
  }

  /** Forgets the padding owed: no other block follows. */
  dropPadding(): void {
    this.position -= this.#owed;
    this.#owed = 0;
  }

  /** Writes the footer. */
  footer(bytes: Uint8Array): void {
    this.dropPadding();
    this.#sink.write(bytes);
    this.position += bytes.length;
  }
}
