import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, type Block } from '@reftable/block';
import type { Core } from '@reftable/io';
import { BlockStore } from './block-store.js';
import type { Section } from './layout.js';

/** Moves over the records of one section, block by block, and finds keys through its index. */
export class SectionCursor {
  /** The record that it is at. */
  readonly record: BlockCursor;
  readonly #store: BlockStore;
  /** Undefined: a section without records. */
  readonly #section: Section | undefined;
  readonly #idSize: number;
  #nextPosition: number;
  #ahead = 0;
  #index: BlockCursor | undefined;

  constructor(store: BlockStore, section: Section | undefined, idSize: number) {
    this.record = new BlockCursor(idSize);
    this.#store = store;
    this.#section = section;
    this.#idSize = idSize;
    this.#nextPosition = section?.start ?? 0;
  }

  /** Moves to the next record of the block that it is in. False at the block's end: then `load` moves on. @throws as `BlockCursor.next` */
  next(): boolean {
    return this.record.next();
  }

  /** Reads the next block and moves to its first record; false at the section's end. @throws as `BlockStore.block`; `BLOCK_TYPE` */
  *load(): Core<boolean> {
    if (this.#section === undefined || this.#nextPosition >= this.#section.end) return false;
    const block = yield* this.#store.scan(this.#nextPosition, this.#ahead);
    this.#ahead = BlockStore.nextAhead(this.#ahead);
    if (block.type === INDEX_BLOCK && this.#section.indexStart > 0) {
      // The lower levels of an index stand between the section and the top level, which alone the footer knows.
      this.#nextPosition = this.#section.end;
      return false;
    }
    this.record.enter(this.#expect(block, this.#section.type));
    this.#nextPosition = block.end;
    return this.record.next();
  }

  /**
   * Goes before the first record whose key is at or past the first `length` bytes of `target`: `next` or `load` then moves to it.
   * Nothing of an earlier position stays.
   * @throws as `load`; `INDEX_POSITION`
   */
  *seek(target: Uint8Array, length: number): Core<void> {
    this.record.reset();
    this.#ahead = 0;
    const section = this.#section;
    if (section === undefined) return;
    this.#nextPosition = section.end;
    let block = yield* section.indexStart > 0 ? this.#descend(section, target, length) : this.#store.block(section.start);
    while (block !== undefined) {
      this.record.seek(this.#expect(block, section.type), target, length);
      this.#nextPosition = block.end;
      if (this.record.valueEnd < block.recordsEnd || block.end >= section.end) return;
      block = yield* this.#store.block(block.end);
    }
  }

  /** Goes before the first record of the block at `position`, an offset in the file at which the section has a block. */
  *seekBlock(position: number): Core<void> {
    this.#ahead = 0;
    const block = this.#expect(yield* this.#store.block(position), this.#section!.type);
    this.record.reset();
    this.record.enter(block);
    this.#nextPosition = block.end;
  }

  /** The section's block that would hold the key, found through the levels of the index; undefined if the key is past all of them. */
  *#descend(section: Section, target: Uint8Array, length: number): Core<Block | undefined> {
    const index = (this.#index ??= new BlockCursor(this.#idSize));
    const top = this.#store.kept(section.indexStart) ?? (yield* this.#store.block(section.indexStart));
    let block = this.#expect(top, INDEX_BLOCK);
    let isTop = true;
    while (block.type === INDEX_BLOCK) {
      index.seek(block, target, length);
      if (index.next()) {
        const position = decodeIndexPosition(index);
        block = this.#store.kept(position) ?? (yield* this.#store.block(position));
        isTop = false;
      } else if (!isTop) {
        throw block.damage('INDEX_KEY', 'index block does not reach to the key that the level above it says');
      } else if (block.end < section.indexEnd) {
        // The top level may be several blocks, one after another.
        block = this.#expect(yield* this.#store.block(block.end), INDEX_BLOCK);
      } else {
        return undefined;
      }
    }
    return block;
  }

  #expect(block: Block, type: number): Block {
    if (block.type === type) return block;
    const [found, wanted] = [String.fromCharCode(block.type), String.fromCharCode(type)];
    throw block.damage('BLOCK_TYPE', `block of type ${found} where one of type ${wanted} should be`);
  }
}
