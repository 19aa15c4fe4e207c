import { openStack, type StackTable } from '@reftable/stack';
import type { WritableStack } from './place.js';
import { leaveNothingBehind } from './signals.js';
import { count } from './text.js';

/** Merges all tables of a stack into one. @throws what the stack throws */
export async function compact({ storage, options }: WritableStack): Promise<string[]> {
  leaveNothingBehind();
  const stack = await openStack(storage, options);
  try {
    const before = summary(stack.tables);
    await stack.compact();
    return [`${before} -> ${summary(stack.tables)}\n`];
  } finally {
    stack.close();
  }
}

function summary(tables: readonly StackTable[]): string {
  const bytes = tables.reduce((sum, { size }) => sum + size, 0);
  return `${count(tables.length, 'table')}, ${count(bytes, 'byte')}`;
}
