import { openStack } from '@reftable/stack';
import type { WritableStack } from './place.js';
import { leaveNothingBehind } from './signals.js';

/**
 * Removes what crashed processes left in a stack's folder.
 * @param breakLocks locks that old, in milliseconds, or `all`; undefined: none
 * @throws what the stack throws
 */
export async function clean({ storage, options }: WritableStack, breakLocks: number | 'all' | undefined): Promise<string[]> {
  leaveNothingBehind();
  const stack = await openStack(storage, options);
  try {
    const { removed, kept } = await stack.clean(breakLocks === undefined ? {} : { breakLocks });
    return [...removed.map((name) => `removed ${name}\n`), ...kept.map((name) => `kept ${name}\n`)];
  } finally {
    stack.close();
  }
}
