import { idSize, INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type Block, type BlockType } from '@reftable/block';
import type { Core } from '@reftable/io';
import type { BlockStore } from '../block-store.js';
import type { BlockWalk } from './block-walk.js';
import type { Findings, TablePart } from './finding.js';
import type { Frame } from './frame.js';
import { IndexFollower } from './index-follower.js';
import { findIndexLevels } from './index-levels.js';
import type { Landmarks } from './landmarks.js';
import type { Extent } from './object-differences.js';
import type { ObjectSums } from './object-sums.js';
import { LogCheck, ObjectCheck, RefCheck, type RecordCheck } from './record-checks.js';

/** The sections in the order of the file: the type of their blocks, their name, and that of their index. */
const SECTIONS: readonly (readonly [BlockType, TablePart, TablePart])[] = [
  [REF_BLOCK, 'refs', 'ref-index'],
  [OBJECT_BLOCK, 'objects', 'object-index'],
  [LOG_BLOCK, 'logs', 'log-index'],
];

/** A section as it is walked. */
export interface Section {
  /** Its place among those that there may be. */
  readonly order: number;
  readonly check: RecordCheck;
  /** Where the levels of its index begin, the lowest first; empty if it has none, or if they can't be made out. */
  readonly levels: readonly number[];
  /** The level that the walk is in; 0: the section's own blocks. */
  level: number;
  /** Where the level begins. */
  start: number;
  /** Blocks of the level that could be read. */
  blocks: number;
  /** The level above this one, if there is one that is known. */
  above: IndexFollower | undefined;
}

/** Sees to which section, and to which level of its index, each block belongs. */
export class Sections {
  /** The section that the walk is in. */
  current: Section | undefined;
  /** Sections of which every record could be read: their own blocks. */
  readonly whole = new Map<BlockType, Extent>();
  readonly #frame: Frame;
  readonly #storeUpTo: (end: number) => BlockStore;
  readonly #landmarks: Landmarks;
  readonly #walk: BlockWalk;
  readonly #sums: ObjectSums | undefined;
  readonly #findings: Findings;
  #refsEnd = 0;
  /** Where the walk went on behind damage. */
  #skippedTo = -1;

  /** @param storeUpTo gives the blocks that lie before an offset, for what goes on elsewhere in the file meanwhile */
  constructor(frame: Frame, storeUpTo: (end: number) => BlockStore, landmarks: Landmarks, walk: BlockWalk, sums: ObjectSums | undefined, findings: Findings) {
    this.#frame = frame;
    this.#storeUpTo = storeUpTo;
    this.#landmarks = landmarks;
    this.#walk = walk;
    this.#sums = sums;
    this.#findings = findings;
  }

  /** Finds the section and level of a block. Undefined, and reported: none that may be here. */
  *enter(block: Block): Core<Section | undefined> {
    const { type, position } = block;
    const section = this.current;
    const order = SECTIONS.findIndex(([own]) => own === type);
    if (type === INDEX_BLOCK) {
      if (section !== undefined && (yield* this.#enterIndex(position, section))) return section;
    } else if (section === undefined || order > section.order) {
      yield* this.close(position);
      return yield* this.#open(order, position);
    } else if (order === section.order && section.level === 0) {
      return section;
    }
    this.whole.delete(type);
    this.#findings.add('BLOCK_TYPE', `block of type ${String.fromCharCode(type)} where none may be`, position);
    return undefined;
  }

  /** The walk has passed the section that it is in, and comes to another or to the footer. @param end where that begins */
  *close(end: number): Core<void> {
    const section = this.current;
    if (section === undefined) return;
    // Where the levels of an index are not known, it is not known either whether one is missing.
    const isTop = section.level === section.levels.length;
    yield* this.#leaveLevel(section, end);
    const threshold = this.#frame.header.blockSize === 0 ? 1 : 3;
    if (isTop && section.blocks > threshold) {
      const what = section.level === 0 ? 'section' : `level ${section.level} of an index`;
      this.#findings.add('INDEX_ABSENT', `${what} of ${section.blocks} blocks without an index, which Git would have written`, section.start);
    }
  }

  /** Where the walk must be at the latest behind damage at `position`: there something is said to begin. */
  limitAfter(position: number): number {
    const next = this.current?.levels[this.current.level] ?? Infinity;
    return Math.min(next > position ? next : Infinity, this.#landmarks.after(position), this.#frame.end);
  }

  /** The walk could not read what is before `position`, and goes on there. */
  skipTo(position: number): void {
    this.#walk.isWhole = false;
    this.#skippedTo = position;
  }

  *#open(order: number, position: number): Core<Section> {
    const { positions } = this.#frame;
    const [type, part, indexPart] = SECTIONS[order]!;
    this.#findings.section = part;
    const stated = positions && [0, positions.objects, positions.logs][order]!;
    // Of the first section it says nothing. And where it says another place to which the walk came, that was damaged.
    const isStated = stated === position || (stated === 0 && this.current === undefined);
    if (stated !== undefined && !isStated && !this.#landmarks.isReached(stated)) {
      this.#findings.add('SECTION_POSITION', `section begins, for which the footer says ${stated === 0 ? 'that there is none' : `byte ${stated}`}`, position);
    }
    const top = this.#topOfIndex(order) ?? 0;
    const levels = top === 0 ? [] : yield* findIndexLevels(this.#storeUpTo, type, top, indexPart, this.#findings);
    for (const start of levels) this.#landmarks.addLevel(start, indexPart);
    this.#walk.cursor.reset();
    // What was skipped just before may have been of this section, unless it is known to begin here.
    this.#walk.isWhole = this.#skippedTo !== position || this.#landmarks.isReached(position);
    const section = { order, check: this.#checkFor(type), levels, level: 0, start: position, blocks: 0, above: this.#follow(levels, 0, indexPart) };
    this.current = section;
    return section;
  }

  #checkFor(type: BlockType): RecordCheck {
    const { header, positions } = this.#frame;
    const size = idSize(header.hash);
    if (type === REF_BLOCK) return new RefCheck(header, size, this.#sums, this.#findings);
    if (type === LOG_BLOCK) return new LogCheck(header, size, this.#findings);
    return new ObjectCheck(positions?.objectIdLength, this.#refsEnd, this.#sums);
  }

  /** @returns whether an index block may be at `position` */
  *#enterIndex(position: number, section: Section): Core<boolean> {
    const { levels, level, order } = section;
    const isFirst = level === 0 && levels.length === 0;
    // Where a level begins is known, unless the footer does not lead to it: then the first index block begins one.
    if (position < (isFirst ? position : (levels[level] ?? Infinity))) return level > 0;
    yield* this.#leaveLevel(section, position);
    const [, , part] = SECTIONS[order]!;
    this.#findings.section = part;
    if (isFirst && this.#topOfIndex(order) === 0) this.#findings.add('SECTION_POSITION', 'index that the footer does not name', position);
    this.#walk.cursor.reset();
    section.level++;
    section.start = position;
    section.blocks = 0;
    section.above = this.#follow(levels, level + 1, part);
    return true;
  }

  *#leaveLevel({ order, level, start, above }: Section, end: number): Core<void> {
    if (above !== undefined) yield* above.finish();
    if (level > 0) return;
    const [type] = SECTIONS[order]!;
    if (type === REF_BLOCK) this.#refsEnd = end;
    if (this.#walk.isWhole) this.whole.set(type, { type, start, end });
  }

  /** Where the footer says that the topmost level of a section's index begins; 0: it has none. Undefined where the footer is of no use. */
  #topOfIndex(order: number): number | undefined {
    const { positions } = this.#frame;
    return positions && [positions.refIndex, positions.objectIndex, positions.logIndex][order];
  }

  /** What goes over one of the levels of an index, if there is such a level. */
  #follow(levels: readonly number[], index: number, part: TablePart): IndexFollower | undefined {
    const start = levels[index];
    if (start === undefined) return undefined;
    const end = levels[index + 1] ?? this.#landmarks.after(start);
    return new IndexFollower(this.#storeUpTo(end), start, part, this.#findings);
  }
}
