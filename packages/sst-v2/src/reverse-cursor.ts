import { BlockCursor, type Block } from '@reftable/block';
import type { Core, CursorCore } from '@reftable/io';
import { BackwardCursor } from './backward-cursor.js';
import type { BlockStore } from './block-store.js';
import { IndexEntry } from './index-entry.js';
import { SstRecordCursor, type SstView } from './record.js';

/**
 * Moves over a table's records from the last to the first. Since blocks can't be walked backwards, it walks the index so, on every level.
 * To seek is to go behind the last record whose key is at or before the target.
 */
export class ReverseCursor extends SstRecordCursor implements CursorCore<SstView> {
  readonly at = new BackwardCursor();
  readonly #store: BlockStore;
  /** The cursors over the blocks of the index that lead to the data block, from the root down, of which the first `#depth` are in use; 0: it is nowhere yet. */
  readonly #path: BackwardCursor[] = [];
  #depth = 0;
  /** Where the block starts that each of them is in, and behind them that of the data block. */
  readonly #starts: number[] = [];
  readonly #forward = new BlockCursor(0);
  readonly #entry = new IndexEntry();
  #target: Uint8Array | undefined;
  #targetLength = 0;

  constructor(store: BlockStore) {
    super();
    this.#store = store;
  }

  /** @throws as `BackwardCursor.next` */
  next(): boolean {
    return this.at.next();
  }

  /** @throws as `BlockStore.block`, `BackwardCursor.next`, `INDEX_*` */
  *load(): Core<boolean> {
    if (this.#store.root === 0) return false;
    if (this.#depth === 0) yield* this.settle();
    while (!this.at.next()) {
      if (!(yield* this.#previousEntry(this.#depth - 1))) return false;
      this.#entry.read(this.#path[this.#depth - 1]!, 0);
      this.at.enter(yield* this.#blockBefore(this.#depth));
    }
    return true;
  }

  seek(target: Uint8Array, length: number): boolean {
    this.#target = target;
    this.#targetLength = length;
    this.at.reset();
    this.#depth = 0;
    return this.#store.root === 0;
  }

  *settle(): Core<void> {
    const store = this.#store;
    this.at.reset();
    let block = yield* store.block(store.root, store.rootSize);
    let depth = 0;
    let level: number | undefined;
    do {
      const cursor = (this.#path[depth] ??= new BackwardCursor());
      cursor.reset();
      cursor.enter(block, this.#endOfWanted(block, level === undefined));
      cursor.next();
      this.#entry.read(cursor, level === undefined ? undefined : level - 1);
      level = this.#entry.level;
      block = yield* store.block(this.#entry.position, this.#entry.size);
      this.#starts[++depth] = block.position;
    } while (level > 0);
    this.at.enter(block, this.#endOfPassed(block));
    this.#target = undefined;
    this.#depth = depth;
  }

  /** Moves the cursor over the index at `depth` to the entry before, which may be in the block before; false: there is none. */
  *#previousEntry(depth: number): Core<boolean> {
    const cursor = this.#path[depth]!;
    if (cursor.next()) return true;
    if (depth === 0 || !(yield* this.#previousEntry(depth - 1))) return false;
    // Its own level is what the entry over it said; the entries in it are checked one further down.
    this.#entry.read(this.#path[depth - 1]!, this.#depth - depth);
    cursor.enter(yield* this.#blockBefore(depth));
    return cursor.next();
  }

  /**
   * The block that the entry stands for, at a depth at which it was in another before. That must be the next one: where many entries lead to
   * one block, or to blocks that overlap, a walk over all of them would be far longer than the file.
   */
  *#blockBefore(depth: number): Core<Block> {
    const block = yield* this.#store.blockOnce(this.#entry.position, this.#entry.size);
    if (block.end !== this.#starts[depth]) throw block.damage('INDEX_POSITION', 'index record does not point at the block before the last one');
    this.#starts[depth] = block.position;
    return block;
  }

  /** The offset in an index block at which the record for the block that may hold the target ends. */
  #endOfWanted(block: Block, isRoot: boolean): number {
    if (this.#target === undefined) return block.recordsEnd;
    const forward = this.#forward;
    forward.seek(block, this.#target, this.#targetLength);
    if (!forward.next()) {
      if (!isRoot) throw block.damage('INDEX_KEY', 'index block ends before the key that it stands for');
      // Past all keys: from here on down, the last is wanted.
      this.#target = undefined;
    }
    return forward.valueEnd;
  }

  /** The offset in a data block at which the last record at or before the target ends. */
  #endOfPassed(block: Block): number {
    if (this.#target === undefined) return block.recordsEnd;
    const forward = this.#forward;
    forward.seek(block, this.#target, this.#targetLength);
    const end = forward.valueEnd;
    if (!forward.next() || forward.keyLength !== this.#targetLength) return end;
    // At or past the target, and of its length: the same if all bytes are.
    for (let at = 0; at < forward.keyLength; at++) if (forward.key[at] !== this.#target[at]) return end;
    return forward.valueEnd;
  }
}
