import { casesOf } from './manifest.js';
import type { TableContents } from './records.js';
import { TableCase } from './table-case.js';

/** `expected.json` of a crafted table: every record that was put into it. */
export interface CraftedExpectation extends TableContents {
  readonly case: string;
  readonly description: string;
  readonly hash: 'sha1' | 'sha256';
  /** Version of the format, in the header. */
  readonly version: 1 | 2;
  /** Block size in the header, 0 where blocks are not aligned. */
  readonly blockSize: number;
}

/** Sound tables of kinds that neither Git nor JGit was seen to write, every record known. */
export function craftedTables(): readonly TableCase<CraftedExpectation>[] {
  return casesOf('crafted').map((entry) => new TableCase(entry));
}
