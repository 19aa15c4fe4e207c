/*
 * Where the sections of a table begin and end. In a file, in this order, each only where it has records:
 *
 *   ref blocks, ref index blocks, object blocks, object index blocks, log blocks, log index blocks, footer
 *
 * The footer tells where each begins but the first: that begins at 0, with the file header inside its first block, and the type
 * of that block says whether it is refs or logs.
 */
import { LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type BlockType } from '@reftable/block';
import { formatError } from './errors.js';
import type { SectionPositions } from './footer.js';
import { headerSize, type Version } from './header.js';

/** One section of a table, with its index. */
export interface Section {
  readonly type: BlockType;
  /** Offset in the file of its first block. */
  readonly start: number;
  /** Offset by which its last block ends: where the topmost level of its index begins, if it has one, or what follows. Lower levels stand before that. */
  readonly end: number;
  /** Offset of the first block of the topmost level of its index; 0 if it has none. */
  readonly indexStart: number;
  /** Offset just past its index. */
  readonly indexEnd: number;
}

/** The sections that a table has. */
export interface Layout {
  readonly refs: Section | undefined;
  readonly objects: Section | undefined;
  readonly logs: Section | undefined;
  /** Where the footer begins. */
  readonly end: number;
}

/**
 * Finds the sections.
 * @param firstType the byte where the first block's type is; undefined in a file of header and footer only
 * @param end where the footer begins
 * @throws `BLOCK_TYPE`, `SECTION_POSITION`
 */
export function layOut(
  version: Version,
  at: SectionPositions,
  firstType: number | undefined,
  end: number,
  file: string | undefined,
): Layout {
  const firstOf = (...positions: number[]): number => positions.find((position) => position > 0) ?? end;
  const logStart = firstType === LOG_BLOCK ? at.logs : at.logs || undefined;

  if (firstType === LOG_BLOCK) {
    // Git says 0, and its first block counts the header; JGit says where the header ends, and its block counts from there.
    if ((at.logs !== 0 && at.logs !== headerSize(version)) || firstOf(at.refIndex, at.objects, at.objectIndex) !== end) {
      throw formatError('SECTION_POSITION', 'first block is of logs', end, file);
    }
  } else if (firstType !== REF_BLOCK && (firstType !== undefined || firstOf(at.refIndex, at.objects, at.objectIndex, at.logs, at.logIndex) !== end)) {
    throw formatError('BLOCK_TYPE', `first block is of type ${String(firstType)}`, headerSize(version), file);
  }

  const section = (type: BlockType, start: number, index: number, next: number): Section => ({
    type,
    start,
    end: index || next,
    indexStart: index,
    indexEnd: next,
  });
  const afterRefs = firstOf(at.objects, at.objectIndex, at.logs, at.logIndex);
  return {
    refs: firstType === REF_BLOCK ? section(REF_BLOCK, 0, at.refIndex, afterRefs) : undefined,
    objects: at.objects > 0 ? section(OBJECT_BLOCK, at.objects, at.objectIndex, firstOf(at.logs, at.logIndex)) : undefined,
    logs: logStart === undefined ? undefined : section(LOG_BLOCK, logStart, at.logIndex, end),
    end,
  };
}
