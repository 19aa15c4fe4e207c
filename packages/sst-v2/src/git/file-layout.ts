import { LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK } from '@reftable/block';
import { BytesSource, performReadSync, runSync } from '@reftable/io';
import { openTableSync } from '@reftable/table';
import { openGitTableSync } from './git-table.js';
import { LOG_KEY, OBJECT_KEY, REF_KEY } from './key.js';

/** Bytes in the file, by what they are for. */
export interface SizeBySection {
  readonly refs: number;
  readonly objects: number;
  readonly logs: number;
  /** Of all sections. */
  readonly index: number;
  readonly padding: number;
  /** Footer, and what is not known. (A header is in the first block.) */
  readonly other: number;
}

/** Where the bytes of a file go. */
export interface FileLayout {
  /** A block of v2 that holds records of several kinds counts with its first. */
  readonly sections: SizeBySection;
  readonly dataBlocks: number;
  readonly indexBlocks: number;
}

type Section = keyof SizeBySection;

/** Sums up blocks. */
class LayoutTally {
  readonly #sections: Record<Section, number> = { refs: 0, objects: 0, logs: 0, index: 0, padding: 0, other: 0 };
  #dataBlocks = 0;
  #indexBlocks = 0;
  #end = 0;

  /** @param end where the next one starts */
  add(section: Section, position: number, size: number, end: number): void {
    this.#sections[section] += size;
    this.#sections.padding += end - position - size;
    if (section === 'index') this.#indexBlocks++;
    else this.#dataBlocks++;
    this.#end = end;
  }

  /** @param size of the file */
  finish(size: number): FileLayout {
    this.#sections.other += size - this.#end;
    return { sections: this.#sections, dataBlocks: this.#dataBlocks, indexBlocks: this.#indexBlocks };
  }
}

/** Where the bytes of a table go. */
export function layoutOf(format: 'v1' | 'v2', bytes: Uint8Array): FileLayout {
  return format === 'v1' ? layoutOfV1(bytes) : layoutOfV2(bytes);
}

const BY_BLOCK_TYPE = new Map<number, Section>([
  [REF_BLOCK, 'refs'],
  [OBJECT_BLOCK, 'objects'],
  [LOG_BLOCK, 'logs'],
]);

function layoutOfV1(bytes: Uint8Array): FileLayout {
  const tally = new LayoutTally();
  for (const { type, position, sizeOnDisk, end } of openTableSync(new BytesSource(bytes)).blocks()) {
    tally.add(BY_BLOCK_TYPE.get(type) ?? 'index', position, sizeOnDisk, end);
  }
  return tally.finish(bytes.length);
}

const BY_LETTER = new Map<number, Section>([
  [REF_KEY, 'refs'],
  [OBJECT_KEY, 'objects'],
  [LOG_KEY, 'logs'],
]);

function layoutOfV2(bytes: Uint8Array): FileLayout {
  const table = openGitTableSync(new BytesSource(bytes));
  const tally = new LayoutTally();
  const cursor = table.tableCore.sst.cursor();
  for (const { level, position, size, end } of table.sst.blocks()) {
    if (level > 0) {
      tally.add('index', position, size, end);
      continue;
    }
    runSync(cursor.seekBlock(position), performReadSync);
    cursor.next();
    tally.add(BY_LETTER.get(cursor.key[0]!) ?? 'other', position, size, end);
  }
  return tally.finish(bytes.length);
}
