/*
 * In GitStorage 2 nothing stands between the name in a log key and the update index, whose first byte is nearly always 0xff. So the entries
 * of refs/heads/ab come before those of refs/heads/a, and those of names that go on with 0xff may even alternate with them. What stands
 * together of one name is a *run*; runs in the order of their names make the order of all other logs.
 */
import type { Core, SourceInfo } from '@reftable/io';
import { compareBytes, ReftableError } from '@reftable/varint';
import type { GitLogCursor } from './log-cursor.js';

/** Bytes of an update index at the end of a key. */
export const INDEX_SIZE = 8;

/** Bytes of names that are held, for each byte of the file, and at least: real tables are far below that. */
const MAX_NAMES = 64;
const FREE_NAMES = 1 << 20;

/**
 * The keys, as in GitStorage 3 but for the letter, with which the runs begin, in order: what a reader must hold to put the logs into it.
 * @param cursor fresh
 * @throws `LOG_KEY` (format); `LOG_NAMES` (unsupported: names that share so much that they are far larger than the file)
 */
export function* readLogRuns(cursor: GitLogCursor, { size, name: file }: SourceInfo): Core<readonly Uint8Array[]> {
  const runs: Uint8Array[] = [];
  let held = 0;
  let nameLength = -1;
  while (cursor.next() || (yield* cursor.load())) {
    const length = cursor.keyLength - INDEX_SIZE;
    if (length === nameLength && cursor.shared >= length) continue;
    nameLength = length;
    const { key } = cursor;
    if (length <= 0 || key.subarray(0, length).includes(0)) {
      throw cursor.block!.damage('LOG_KEY', 'log key without a name and an update index', cursor.valueStart);
    }
    held += length;
    if (held > FREE_NAMES + MAX_NAMES * size) {
      throw new ReftableError('unsupported', 'LOG_NAMES', 'names of logs take far more memory than the file has bytes', { file });
    }
    runs.push(withZero(key, cursor.keyLength));
  }
  return runs.sort(compareBytes);
}

/** A key of GitStorage 2 with the zero byte that those of GitStorage 3 have. */
export function withZero(key: Uint8Array, keyLength: number): Uint8Array {
  const whole = new Uint8Array(keyLength + 1);
  const end = Math.max(keyLength - INDEX_SIZE, 0);
  whole.set(key.subarray(0, end));
  whole.set(key.subarray(end, keyLength), end + 1);
  return whole;
}

/** The number of the last run that begins at or before the first `length` bytes of `target`, or 0. */
export function lastRunNotAfter(runs: readonly Uint8Array[], target: Uint8Array, length: number): number {
  const wanted = target.subarray(0, length);
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (compareBytes(runs[middle]!, wanted) > 0) high = middle - 1;
    else low = middle;
  }
  return low;
}
