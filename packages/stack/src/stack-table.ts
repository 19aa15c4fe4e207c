import { saturate } from '@reftable/block';
import type { ListedTable } from './stack-state.js';

/** One table of a stack. */
export interface StackTable {
  /** As the list has it. */
  readonly name: string;
  /** Bytes of its file. */
  readonly size: number;
  /** 2^53-1 where it is beyond that. */
  readonly minUpdateIndex: number;
  readonly minUpdateIndexExact: bigint;
  readonly maxUpdateIndex: number;
  readonly maxUpdateIndexExact: bigint;
}

/** What a stack says of one of its tables. */
export function tableInfo({ name, core }: ListedTable): StackTable {
  const { minUpdateIndex, maxUpdateIndex } = core;
  return {
    name,
    size: core.source.size,
    minUpdateIndex: saturate(minUpdateIndex),
    minUpdateIndexExact: minUpdateIndex,
    maxUpdateIndex: saturate(maxUpdateIndex),
    maxUpdateIndexExact: maxUpdateIndex,
  };
}
