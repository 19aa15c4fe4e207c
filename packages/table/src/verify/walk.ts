import { idSize, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type Block } from '@reftable/block';
import { ReadAhead, type Core, type SourceInfo } from '@reftable/io';
import { BlockStore } from '../block-store.js';
import { headerSize } from '../header.js';
import { BlockSearch } from './block-search.js';
import { BlockWalk } from './block-walk.js';
import type { Findings, TablePart } from './finding.js';
import type { Frame } from './frame.js';
import { Landmarks } from './landmarks.js';
import { ObjectDifferences } from './object-differences.js';
import { ObjectSums } from './object-sums.js';
import { Padding } from './padding.js';
import { indexCheck } from './record-checks.js';
import { Sections } from './sections.js';

/** What Git takes for the block size where the header says none. */
const GIT_BLOCK_SIZE = 4096;

/** Goes over all blocks of a table in the order of the file, damaged or not, and looks at everything once. */
export class Walk {
  readonly #frame: Frame;
  readonly #idSize: number;
  readonly #findings: Findings;
  readonly #store: BlockStore;
  readonly #landmarks: Landmarks;
  readonly #padding: Padding;
  readonly #search: BlockSearch;
  readonly #blocks: BlockWalk;
  readonly #sections: Sections;
  /** Undefined: there is no object section to hold the refs against. */
  readonly #sums: ObjectSums | undefined;

  constructor(source: SourceInfo, frame: Frame, findings: Findings) {
    const { header, positions, end } = frame;
    const { blockSize } = header;
    this.#frame = frame;
    this.#idSize = idSize(header.hash);
    this.#findings = findings;
    const storeUpTo = (limit: number): BlockStore =>
      new BlockStore(source, { headerSize: headerSize(header.version), blockSize, end: Math.min(limit, end), cacheSize: 0 });
    this.#store = storeUpTo(end);
    this.#landmarks = new Landmarks(positions);
    this.#padding = new Padding(this.#store, blockSize, end, findings);
    this.#search = new BlockSearch(this.#store, blockSize);
    this.#blocks = new BlockWalk(this.#idSize, findings);
    if (positions !== undefined && positions.objects > 0) {
      const mostIds = Math.ceil((positions.refIndex || positions.objects) / this.#idSize);
      this.#sums = new ObjectSums(positions.objectIdLength, this.#idSize, mostIds);
    }
    this.#sections = new Sections(frame, storeUpTo, this.#landmarks, this.#blocks, this.#sums, findings);
  }

  /** @throws only what the source throws */
  *run(): Core<void> {
    const { header, positions, end } = this.#frame;
    const first = headerSize(header.version);
    this.#findings.section = undefined;
    // Behind the header there may be nothing at all, or a log block of JGit's, which does not contain it.
    let position = end === first ? end : positions?.logs === first ? first : 0;
    for (let ahead = 0; position < end; ahead = ReadAhead.next(ahead)) {
      this.#landmarks.reach(position);
      const block = yield* this.#read(position, ahead);
      if (block === undefined) {
        position = yield* this.#skip(position);
      } else {
        yield* this.#visit(block);
        position = block.end;
      }
    }
    yield* this.#sections.close(end);
    yield* this.#padding.finish();
    this.#landmarks.reportUnreached(this.#findings);
    yield* this.#compareObjects();
  }

  *#read(position: number, ahead: number): Core<Block | undefined> {
    try {
      return yield* this.#store.scan(position, ahead);
    } catch (error) {
      this.#findings.addError(error, this.#partAt(position));
      return undefined;
    }
  }

  /** Finds where to go on behind damage: where a block is known to begin, or at the first that can be read. */
  *#skip(from: number): Core<number> {
    this.#padding.forget();
    yield* this.#search.charge(from === 0 ? headerSize(this.#frame.header.version) : from);
    const above = this.#sections.current?.above;
    if (above !== undefined) yield* above.skipTo(from + 1);
    let to = this.#sections.limitAfter(from);
    if (!this.#search.isOver) {
      if (above !== undefined && above.position > from) to = Math.min(to, above.position);
      to = yield* this.#search.find(from + 1, to);
    }
    if (above !== undefined) yield* above.skipTo(to);
    this.#sections.skipTo(to);
    this.#findings.add('BYTES_SKIPPED', `${to - from} bytes that can't be read as a block`, from, this.#partAt(from));
    return to;
  }

  /** What is damaged at `position`, as far as can be told. */
  #partAt(position: number): TablePart | undefined {
    return this.#landmarks.partAt(position) ?? this.#findings.section;
  }

  *#visit(block: Block): Core<void> {
    yield* this.#padding.pass(block);
    this.#landmarks.check(block, this.#findings);
    const section = yield* this.#sections.enter(block);
    if (section === undefined) return;
    this.#checkSize(block);
    const { check, level, levels, above } = section;
    const { cursor } = this.#blocks;
    // Of an index whose levels are not known, each block is looked at alone: with any a new level may begin.
    if (level > levels.length) cursor.reset();
    const isComplete = this.#blocks.walk(block, level > 0 ? indexCheck : check);
    section.blocks++;
    if (above !== undefined) yield* above.match(block, cursor.key, isComplete ? cursor.keyLength : undefined);
  }

  /** Blocks of a size that Git reads in part only: FORMAT.md, "Log blocks on disk" and "Index blocks larger than the block size". */
  #checkSize({ type, position, bytes, sizeOnDisk }: Block): void {
    const { blockSize } = this.#frame.header;
    const limit = type === LOG_BLOCK ? Math.max(bytes.length, blockSize || GIT_BLOCK_SIZE) : blockSize || Infinity;
    if (sizeOnDisk > limit) this.#findings.add('BLOCK_SIZE', `block of ${sizeOnDisk} bytes, of which Git reads ${limit}`, position);
  }

  *#compareObjects(): Core<void> {
    if (this.#sums === undefined) return;
    const { whole } = this.#sections;
    const [refs, objects] = [whole.get(REF_BLOCK), whole.get(OBJECT_BLOCK)];
    if (refs === undefined || objects === undefined) {
      this.#findings.add('OBJECTS_NOT_COMPARED', 'the object section is not held against the refs, since not all of both could be read', undefined, 'objects');
    } else {
      yield* new ObjectDifferences(this.#store, this.#idSize, this.#sums, this.#findings).report(refs, objects);
    }
  }
}
