import { BlockCursor, type Block } from '@reftable/block';
import { ReadAhead, type Core, type CursorCore } from '@reftable/io';
import type { BlockStore } from './block-store.js';
import { IndexEntry } from './index-entry.js';
import { SstRecordCursor, type SstView } from './record.js';

const NO_BYTES = new Uint8Array(0);

/** Moves over a table's records, block by block, and finds keys through the index. */
export class SstCursor extends SstRecordCursor implements CursorCore<SstView> {
  /** The record that it is at, within its block. */
  readonly at = new BlockCursor(0);
  readonly #store: BlockStore;
  readonly #index = new BlockCursor(0);
  readonly #entry = new IndexEntry();
  /** Where the next data block starts, and where the last one ends, once that is known. */
  #nextPosition = 0;
  #end: number | undefined;
  #ahead = 0;
  /* A seek under way: what it looks for, the block that it is to look into next, and of what level that is; undefined: the root's, whatever it is. */
  #target: Uint8Array = NO_BYTES;
  #targetLength = 0;
  /** Bytes of the target that all keys of the wanted block start with, as the index says. */
  #known = 0;
  #wanted = 0;
  #wantedSize = 0;
  #level: number | undefined;

  constructor(store: BlockStore) {
    super();
    this.#store = store;
  }

  /** @throws as `BlockCursor.next` */
  next(): boolean {
    return this.at.next();
  }

  /** @throws as `BlockStore.scan` */
  *load(): Core<boolean> {
    const end = (this.#end ??= yield* this.#store.dataEnd());
    if (this.#nextPosition >= end) return false;
    const block = yield* this.#store.scan(this.#nextPosition, this.#ahead, end);
    this.#ahead = ReadAhead.next(this.#ahead);
    this.#nextPosition = block.end;
    this.at.enter(block);
    return this.at.next();
  }

  /** Goes before the first record of all, as if it were fresh. */
  reset(): void {
    this.at.reset();
    this.#ahead = this.#nextPosition = 0;
  }

  /** Goes before the first record whose key is at or past the target. Nothing of an earlier position stays. @throws as `load`; `INDEX_*` */
  seek(target: Uint8Array, length: number): boolean {
    this.at.reset();
    this.#ahead = this.#known = 0;
    this.#nextPosition = Infinity;
    this.#target = target;
    this.#targetLength = length;
    this.#wanted = this.#store.root;
    this.#wantedSize = this.#store.rootSize;
    this.#level = undefined;
    return this.#store.root === 0 || this.#descend();
  }

  *settle(): Core<void> {
    do yield* this.#store.block(this.#wanted, this.#wantedSize);
    while (!this.#descend());
  }

  /**
   * Goes before the first record of the data block at `position`, an offset in the file that a record of the caller's names. It lies behind the
   * block that the cursor was in before, and so do its keys.
   * @throws as {@link load}; `OBJECT_POSITION` (no block starts there that is behind)
   */
  *seekBlock(position: number): Core<void> {
    const end = (this.#end ??= yield* this.#store.dataEnd());
    const block = yield* this.#store.blockAt(position, end);
    if (position < this.#nextPosition) throw block.damage('OBJECT_POSITION', 'object record points into a block');
    this.#ahead = 0;
    this.at.enter(block);
    this.#nextPosition = block.end;
  }

  /** Goes down from the block that is wanted, through the levels of the index, to the data block that holds the key; false: it wants one that is not kept. */
  #descend(): boolean {
    for (;;) {
      const block = this.#store.kept(this.#wanted);
      // Of another size: as the index now says. To read it will show which is wrong.
      if (block?.sizeOnDisk !== this.#wantedSize) return false;
      if (this.#level === 0) {
        this.at.seek(block, this.#target, this.#targetLength, this.#known);
        this.#nextPosition = block.end;
        if (this.at.valueEnd >= block.recordsEnd) throw block.damage('INDEX_KEY', 'data block ends before the key that the index promises');
        return true;
      }
      if (this.#seekIndex(block)) return true;
    }
  }

  /** Finds in an index block what block is wanted next; true: none, the key is past all. */
  #seekIndex(block: Block): boolean {
    const index = this.#index;
    const entry = this.#entry;
    const isRoot = this.#level === undefined;
    this.#known = index.seek(block, this.#target, this.#targetLength, this.#known);
    if (index.valueEnd >= block.recordsEnd) {
      if (isRoot) return true;
      throw block.damage('INDEX_KEY', 'index block ends before the key that it stands for');
    }
    entry.read(index, isRoot ? undefined : this.#level! - 1);
    this.#wanted = entry.position;
    this.#wantedSize = entry.size;
    this.#level = entry.level;
    return false;
  }
}
