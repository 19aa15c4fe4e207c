import { LOG_BLOCK, type Block } from '@reftable/block';
import type { Core } from '@reftable/io';
import type { BlockStore } from '../block-store.js';
import type { Findings } from './finding.js';

/** Looks at what stands between one block and the next: zeros, where they are owed. */
export class Padding {
  readonly #store: BlockStore;
  readonly #blockSize: number;
  /** Where the footer begins. */
  readonly #end: number;
  readonly #findings: Findings;
  /** The block before; undefined: there is none, or it is not known. */
  #before: Block | undefined;
  #isPadded = false;
  /** The first block that lacks its padding. */
  #unpadded: number | undefined;

  constructor(store: BlockStore, blockSize: number, end: number, findings: Findings) {
    this.#store = store;
    this.#blockSize = blockSize;
    this.#end = end;
    this.#findings = findings;
  }

  /** The walk has come to the next block. */
  *pass(next: Block): Core<void> {
    yield* this.#look(next.type !== LOG_BLOCK);
    this.#before = next;
  }

  /** The walk could not tell where the block before ends. */
  forget(): void {
    this.#before = undefined;
  }

  /** The walk has come to the footer. */
  *finish(): Core<void> {
    yield* this.#look(false);
    // Git pads all blocks or, if told so, none, and then the header says nothing of it.
    if (this.#isPadded && this.#unpadded !== undefined) {
      this.#findings.add('PADDING', 'block without padding in a table in which others have it', this.#unpadded);
    }
  }

  /** @param isAligned whether what follows asks for padding before it */
  *#look(isAligned: boolean): Core<void> {
    const before = this.#before;
    if (before === undefined) return;
    const { position, sizeOnDisk, type } = before;
    const start = position + sizeOnDisk;
    const length = Math.min(before.end, this.#end) - start;
    if (length > 0) yield* this.#lookAt(start, length);
    const isOwed = isAligned && type !== LOG_BLOCK && this.#blockSize > 0 && sizeOnDisk % this.#blockSize > 0;
    if (isOwed && length > 0) this.#isPadded = true;
    else if (isOwed) this.#unpadded ??= position;
    else if (length > 0) this.#findings.add('PADDING', `${length} bytes of padding that nothing behind it asks for`, start);
  }

  *#lookAt(start: number, length: number): Core<void> {
    const bytes = yield* this.#store.bytes(start, length, 0);
    for (let index = 0; index < length; index++) {
      if (bytes[index] !== 0) {
        this.#findings.add('PADDING_BYTES', 'padding that is not zero', start + index);
        return;
      }
    }
  }
}
