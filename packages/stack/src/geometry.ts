/* Which tables an automatic compaction merges: Git's choice, so that tables shrink by a factor each from the oldest to the newest. */

/** Tables number `first` to `last`, counted from the oldest, which is 0. */
export interface TableRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The tables to merge so that each is at least `factor` times as large as the next newer one; undefined: they are already.
 *
 * From the newest on, the first table that is not `factor` times smaller than the one before it ends the range. Then all older tables join
 * that are not `factor` times larger than what is behind them together.
 * @param sizes bytes of each table, oldest first, without header and footer
 * @param factor 2 or more
 */
export function rangeToMerge(sizes: readonly number[], factor: number): TableRange | undefined {
  let last = sizes.length - 1;
  while (last > 0 && sizes[last - 1]! >= sizes[last]! * factor) last--;
  if (last <= 0) return undefined;
  let first = last;
  let sum = sizes[last]!;
  for (let index = last - 1; index >= 0; index--) {
    if (sizes[index]! < sum * factor) first = index;
    sum += sizes[index]!;
  }
  return { first, last };
}
