/*
 * Where the new tables of a transaction would at once be merged with others, and all of them are small, the transaction writes the merged
 * table in the first place: one file instead of two, and the list is replaced once. What comes of it is the same.
 */
import { isReftableError } from '@reftable/varint';
import { automaticRange, mergeTables } from './compaction.js';
import { ask, type Steps } from './requests.js';
import type { StackCore } from './stack-core.js';
import type { OpenTableCore } from './table-format.js';
import type { TableFile } from './table-file.js';
import { LOCK_SUFFIX } from './table-name.js';

/** The most bytes that are merged while the list is locked. */
export const MAX_SIZE = 256 << 10;

/** What takes the place of the stack's tables from number `first` on and of the new ones: one table, or none if nothing is left. */
export interface EarlyMerge {
  readonly first: number;
  readonly files: readonly TableFile[];
}

/**
 * Merges the newest tables with new ones, if that is due.
 * @param files new tables, finished and not yet named
 * @returns undefined if it is not due, or is to be done, or to fail, after the transaction
 */
export function* mergeWithNewest(stack: StackCore, files: readonly TableFile[]): Steps<EarlyMerge | undefined> {
  const added: { readonly core: OpenTableCore }[] = [];
  for (const file of files) {
    const core = yield* file.core();
    if (core === undefined) return undefined;
    added.push({ core });
  }
  const listed = stack.state.tables;
  const tables = [...listed, ...added];
  const range = automaticRange(stack, tables);
  if (range === undefined || range.last !== tables.length - 1) return undefined;
  const first = yield* firstFree(stack, range.first);
  const chosen = tables.slice(first);
  const size = chosen.reduce((sum, { core }) => sum + core.source.size, 0);
  if (chosen.length < 2 || size > MAX_SIZE) return undefined;

  stack.compactions.attempts++;
  try {
    const merged = yield* mergeTables(stack, chosen, first === 0);
    return { first, files: merged === undefined ? [] : [merged] };
  } catch (error) {
    stack.compactions.failures++;
    stack.compactions.lastError = error;
    if (isReftableError(error)) return undefined;
    throw error;
  }
}

/** The first table from which on none is locked. As long as this process has the list's lock, nobody locks another. */
export function* firstFree({ state }: StackCore, first: number): Steps<number> {
  for (let index = state.tables.length - 1; index >= first; index--) {
    if (yield* ask('exists', state.tables[index]!.name + LOCK_SUFFIX)) return index + 1;
  }
  return first;
}
