import { INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, type Block, type BlockType } from '@reftable/block';
import type { SectionPositions } from '../footer.js';
import type { Findings, TablePart } from './finding.js';

interface Landmark {
  readonly type: BlockType;
  readonly part: TablePart;
  isReached: boolean;
}

/** The places in a file where something is said to begin: by the footer, or by the index. */
export class Landmarks {
  readonly #places = new Map<number, Landmark>();
  readonly #ofFooter: readonly number[];

  /** Those of the footer. */
  constructor(positions: SectionPositions | undefined) {
    if (positions !== undefined) {
      this.#add(positions.refIndex, INDEX_BLOCK, 'ref-index');
      this.#add(positions.objects, OBJECT_BLOCK, 'objects');
      this.#add(positions.objectIndex, INDEX_BLOCK, 'object-index');
      this.#add(positions.logs, LOG_BLOCK, 'logs');
      this.#add(positions.logIndex, INDEX_BLOCK, 'log-index');
    }
    this.#ofFooter = [...this.#places.keys()];
  }

  /** A level of an index, other than the topmost, begins at `position`. */
  addLevel(position: number, part: TablePart): void {
    this.#add(position, INDEX_BLOCK, part);
  }

  /** The walk has come to `position`. */
  reach(position: number): void {
    const place = this.#places.get(position);
    if (place !== undefined) place.isReached = true;
  }

  /** Whether the walk has come to `position`, where something is said to begin. */
  isReached(position: number): boolean {
    return this.#places.get(position)?.isReached === true;
  }

  /** The part of the file that is said to begin at `position`. */
  partAt(position: number): TablePart | undefined {
    return this.#places.get(position)?.part;
  }

  /** The first place behind `position` of which the footer tells; infinity if there is none. */
  after(position: number): number {
    return this.#ofFooter.find((place) => place > position) ?? Infinity;
  }

  /** Reports a block that is not of the type that is said to begin where it does. */
  check({ type, position }: Block, findings: Findings): void {
    const place = this.#places.get(position);
    if (place !== undefined && place.type !== type) {
      const [found, wanted] = [type, place.type].map((letter) => String.fromCharCode(letter));
      findings.add('BLOCK_TYPE', `block of type ${found!} where one of type ${wanted!} should begin`, position, place.part);
    }
  }

  /** Reports the places to which the walk never came: they are within blocks, or beyond them. */
  reportUnreached(findings: Findings): void {
    for (const [position, { part, isReached }] of this.#places) {
      if (!isReached) findings.add('SECTION_POSITION', `no block begins at byte ${position}, where the footer or the index says that one does`, position, part);
    }
  }

  #add(position: number, type: BlockType, part: TablePart): void {
    // What begins at 0, nobody says.
    if (position > 0 && !this.#places.has(position)) this.#places.set(position, { type, part, isReached: false });
  }
}
