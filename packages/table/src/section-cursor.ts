import { BlockCursor, INDEX_BLOCK, type Block } from '@reftable/block';
import { FirstLook, IndexKeys, type IndexView } from '@reftable/block/index-keys';
import { ReadAhead, type Core } from '@reftable/io';
import type { BlockStore } from './block-store.js';
import type { Section } from './layout.js';

const NO_BYTES = new Uint8Array(0);

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
  /* A seek under way: what it looks for, the block that it is to look into next, and whether that is of the index's top level. */
  #target: Uint8Array = NO_BYTES;
  #targetLength = 0;
  #wanted = 0;
  #isAtTop = false;
  /** The index block over that block, and the number of its record there. */
  #over: IndexView | undefined;
  #number = 0;

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

  /** Reads the next block and moves to its first record; false at the section's end. @throws as `BlockStore.block`; `BLOCK_TYPE`, `INDEX_POSITION` */
  *load(): Core<boolean> {
    const section = this.#section;
    if (section === undefined || this.#nextPosition >= section.end) return false;
    const block = yield* this.#store.scan(this.#nextPosition, this.#ahead);
    this.#ahead = ReadAhead.next(this.#ahead);
    if (block.type === INDEX_BLOCK && section.indexStart > 0) {
      // The lower levels of an index stand between the section and the top level, which alone the footer knows.
      this.#checkFirstOfIndex(block, section);
      this.#nextPosition = section.end;
      return false;
    }
    this.record.enter(this.#expect(block, section.type));
    this.#nextPosition = block.end;
    return this.record.next();
  }

  /**
   * Goes before the first record whose key is at or past the first `length` bytes of `target`: `next` or `load` then moves to it.
   * Nothing of an earlier position stays. False: a block is needed that is not kept, and `settle` goes on.
   * @throws as `load`; `INDEX_POSITION`, `INDEX_KEY`
   */
  seek(target: Uint8Array, length: number): boolean {
    this.#ahead = 0;
    const section = this.#section;
    if (section === undefined) return true;
    // The way of nearly all, once others have gone it.
    const found = this.#store.topKeys.get(section.indexStart)?.seek(this.record, target, length);
    if (found !== undefined) {
      this.#nextPosition = found.end;
      return true;
    }
    this.record.reset();
    this.#target = target;
    this.#targetLength = length;
    this.#over = undefined;
    this.#nextPosition = section.end;
    this.#isAtTop = section.indexStart > 0;
    this.#wanted = section.indexStart || section.start;
    return this.#descend(section);
  }

  /** Reads the blocks that a seek needs. @throws as `seek` */
  *settle(): Core<void> {
    const section = this.#section!;
    do yield* this.#store.block(this.#wanted);
    while (!this.#descend(section));
  }

  /**
   * Goes on to the first record of the block at `position`, an offset in the file at which an object record says that the section has one.
   * It lies behind the block that the cursor was in before, and so do its keys.
   * @throws as `BlockStore.block`; `BLOCK_TYPE`, `OBJECT_POSITION`
   */
  *seekBlock(position: number): Core<void> {
    this.#ahead = 0;
    const block = this.#expect(yield* this.#store.block(position), this.#section!.type);
    if (position < this.#nextPosition) throw block.damage('OBJECT_POSITION', 'object record points into a block');
    this.record.enter(block);
    this.#nextPosition = block.end;
  }

  /** Goes down from the block that is wanted, through the levels of the index, to the one that holds the key; false: it wants one that is not kept. */
  #descend(section: Section): boolean {
    for (;;) {
      const block = this.#keptBlock(section);
      if (block === undefined) return false;
      if (block.type === INDEX_BLOCK ? this.#seekIndex(block, section) : this.#seekRecord(block, section)) return true;
    }
  }

  /** The block that is wanted, if it is kept, and then checked that it may be there. */
  #keptBlock(section: Section): Block | undefined {
    const block = this.#store.kept(this.#wanted);
    if (block === undefined) return undefined;
    const over = this.#over;
    if (this.#isAtTop) this.#expect(block, INDEX_BLOCK);
    else if (over === undefined || block.type !== INDEX_BLOCK) this.#expect(block, section.type);
    // So blocks on the way down do not lie in one another, and cost no more than the file has.
    if (over !== undefined && block.position + block.sizeOnDisk > over.position) throw block.damage('INDEX_POSITION', 'block runs into the index over it');
    return block;
  }

  /** An index begins with the section's first block: so a block of the section whose type is damaged does not end it unnoticed. */
  #checkFirstOfIndex(block: Block, { start, type }: Section): void {
    if (new IndexKeys(block, this.#idSize).positions[0] !== start) this.#expect(block, type);
  }

  /** Finds in an index block what block is wanted next; true: none, the key is past all. */
  #seekIndex(block: Block, section: Section): boolean {
    const keys = this.#keysOf(block);
    const number = keys.find(this.#target, this.#targetLength);
    if (number < keys.count) {
      this.#over = keys;
      this.#number = number;
      this.#wanted = keys.positions[number]!;
      this.#isAtTop = false;
      return false;
    }
    if (!this.#isAtTop) throw block.damage('INDEX_KEY', 'index block ends before the key that it stands for');
    // The top level may be several blocks, one after another.
    this.#wanted = block.end;
    return block.end >= section.indexEnd;
  }

  #keysOf(block: Block): IndexView {
    const over = this.#over;
    const { topKeys } = this.#store;
    const known = over?.shared[this.#number];
    let keys = over === undefined ? topKeys.get(block.position) : over.below[this.#number];
    if (keys !== undefined) return keys;
    // It has a digest of its own from the first look on.
    if (block.digests === undefined) return new FirstLook(block, this.#idSize, known);
    keys = new IndexKeys(block, this.#idSize, known);
    if (over === undefined) topKeys.set(block.position, keys);
    else over.below[this.#number] = keys;
    return keys;
  }

  /** Goes before the record in a block of the section; false: it is in the block behind. */
  #seekRecord(block: Block, section: Section): boolean {
    const over = this.#over;
    if (over !== undefined) over.blocks[this.#number] = block;
    this.record.seek(block, this.#target, this.#targetLength, over?.shared[this.#number], over?.digests, over && this.#number);
    // Where an index is wrong, the way on may lead to the index again, and so round and round.
    this.#over = undefined;
    this.#nextPosition = this.#wanted = block.end;
    return this.record.valueEnd < block.recordsEnd || block.end >= section.end;
  }

  #expect(block: Block, type: number): Block {
    if (block.type === type) return block;
    const found = String.fromCharCode(block.type);
    const wanted = String.fromCharCode(type);
    throw block.damage('BLOCK_TYPE', `block of type ${found} where one of type ${wanted} should be`);
  }
}
