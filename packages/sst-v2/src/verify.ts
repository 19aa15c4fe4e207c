import { BlockCursor, type Block } from '@reftable/block';
import { ReadAhead, type Core } from '@reftable/io';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { BlockStore } from './block-store.js';
import { codecOf } from './container-block.js';
import { IndexEntry } from './index-entry.js';
import { MAX_KEY_SIZE } from './level-writer.js';
import { countBlock, emptyTally, type SstStatistics, type Tally } from './statistics.js';

/** Goes through the blocks of one level, one after another. */
class LevelWalk {
  readonly cursor = new BlockCursor(0);
  readonly #store: BlockStore;
  readonly #end: number;
  /** Whether it reads ahead: one walk at a time may. */
  readonly #isAhead: boolean;
  #position: number;
  #ahead = 0;

  constructor(store: BlockStore, start: number, end: number, isAhead: boolean) {
    this.#store = store;
    this.#position = start;
    this.#end = end;
    this.#isAhead = isAhead;
  }

  /** Enters the next block of the level; undefined at its end. */
  *nextBlock(): Core<Block | undefined> {
    if (this.#position >= this.#end) return undefined;
    const block = yield* this.#store.scan(this.#position, this.#ahead, this.#end);
    if (this.#isAhead) this.#ahead = ReadAhead.next(this.#ahead);
    this.#position = block.end;
    this.cursor.enter(block);
    return block;
  }

  /** Moves to the next record of the level; false at its end. */
  *next(): Core<boolean> {
    return this.cursor.next() || ((yield* this.nextBlock()) !== undefined && this.cursor.next());
  }
}

/** Checks the blocks of a level, and the index over them against them. */
function* verifyLevel(store: BlockStore, starts: readonly number[], level: number, tally: Tally): Core<void> {
  const startOf = (index: number): number => starts[index] ?? store.end;
  const blocks = new LevelWalk(store, startOf(level), startOf(level + 1), true);
  const index = new LevelWalk(store, startOf(level + 1), startOf(level + 2), false);
  const entry = new IndexEntry();
  const isRoot = level === starts.length - 1;
  for (let block = yield* blocks.nextBlock(); block !== undefined; block = yield* blocks.nextBlock()) {
    checkRecords(block, blocks.cursor, level, tally);
    countBlock(tally, level === 0, block.sizeOnDisk, codecOf(block) !== 'stored');
    yield* checkPadding(store, block, tally);
    if (isRoot) continue;
    if (!(yield* index.next())) throw block.damage('INDEX_POSITION', 'block for which there is no index record');
    entry.read(index.cursor, level);
    const place = index.cursor.valueStart;
    if (entry.position !== block.position || entry.size !== block.sizeOnDisk) {
      throw index.cursor.block!.damage('INDEX_POSITION', `index record points at ${entry.position}, not at the next block`, place);
    }
    if (index.cursor.keyLength !== blocks.cursor.keyLength || !hasBytesAt(index.cursor.key, 0, blocks.cursor.key, blocks.cursor.keyLength)) {
      throw index.cursor.block!.damage('INDEX_KEY', 'index record does not have the last key of its block', place);
    }
  }
  if (yield* index.next()) throw index.cursor.block!.damage('INDEX_POSITION', 'index record for which there is no block', index.cursor.valueStart);
}

/** Goes through a block's records, each restart among them. */
function checkRecords(block: Block, cursor: BlockCursor, level: number, tally: Tally): void {
  let restart = 0;
  for (let start = cursor.valueEnd; cursor.next(); start = cursor.valueEnd) {
    if (restart < block.restartCount && block.restart(restart) === start) {
      if (block.bytes[start] !== 0) throw block.damage('RESTART_OFFSET', `restart ${restart} is at a key that is not whole`, start);
      restart++;
    }
    if (cursor.keyLength > MAX_KEY_SIZE) throw block.damage('KEY_SIZE', `key of ${cursor.keyLength} bytes`, start);
    if (level > 0) continue;
    tally.records++;
    tally.keySize += cursor.keyLength;
    tally.valueSize += cursor.valueEnd - cursor.contentStart;
  }
  if (restart < block.restartCount) throw block.damage('RESTART_OFFSET', `restart ${restart} is not at a record`);
}

function* checkPadding(store: BlockStore, block: Block, tally: Tally): Core<void> {
  const start = block.position + block.sizeOnDisk;
  if (start === block.end) return;
  const padding = yield* store.bytes(start, block.end);
  if (padding.some((byte) => byte !== 0)) throw block.damage('PADDING', 'padding is not zero', block.sizeOnDisk);
  tally.paddingSize += padding.length;
}

/**
 * Reads all of a table, and checks also what a lookup or a scan has no need to look at: that the index says just what the blocks hold,
 * that restarts are records, that padding is zeros, that nothing stands between. It holds a block of two levels at a time.
 * @param size of the file
 * @throws a format error, `CODEC` (unsupported), and what the source throws
 */
export function* verifyTable(store: BlockStore, size: number): Core<SstStatistics> {
  const tally = emptyTally();
  const starts = yield* store.levels();
  for (let level = 0; level < starts.length; level++) yield* verifyLevel(store, starts, level, tally);
  tally.indexLevels = Math.max(starts.length - 1, 0);
  tally.size = size;
  return tally;
}
