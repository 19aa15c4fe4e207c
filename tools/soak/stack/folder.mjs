// @ts-check
// What is in a stack's folder besides the list and its tables, and how it is got rid of.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';

/** A table that was never listed or is no longer, or that was never finished. */
const LEFTOVER = /^0x[0-9a-f]{12}-0x[0-9a-f]{12}-[0-9a-f]{8}\.(ref|temp\.[0-9A-Za-z]{6})$/;

/** @param {string} stack @returns {string[]} */
export function strays(stack) {
  const listed = readFileSync(join(stack, 'tables.list'), 'utf8').split('\n');
  return readdirSync(stack).filter((name) => name !== 'tables.list' && !listed.includes(name));
}

/**
 * Whether a stray is a table that was listed until another took its place: until that is sure to outlast a loss of power, it must stay, and
 * a process that ends just then leaves it to a clean-up.
 * @param {string} stack @param {string} stray
 */
export function isReplaced(stack, stray) {
  const newest = readFileSync(join(stack, 'tables.list'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return stray.endsWith('.ref') && lastIndex(stray) <= lastIndex(newest);
}

/** The greatest update index in a table's name, in hex digits. @param {string} name */
function lastIndex(name) {
  return name.split('-')[1] ?? '';
}

/** Removes all locks, as whoever knows that nobody is at work any more. @param {string} stack @returns {string[]} */
export function breakLocks(stack) {
  const locks = readdirSync(stack).filter((name) => name.endsWith('.lock'));
  for (const lock of locks) rmSync(join(stack, lock));
  return locks;
}

/** Cleans up after killed processes, whose locks are broken. @param {string} path of the stack @returns {string[]} what is not as it should be */
export function cleanUp(path) {
  const odd = strays(path).filter((name) => !LEFTOVER.test(name));
  const stack = openStackSync(new FolderStorage(path));
  stack.clean();
  // The table of a process that was killed just before it was to be listed stays until newer ones are.
  stack.transaction((transaction) => {
    transaction.addRef({ kind: 'deletion', name: 'refs/heads/nowhere' });
  });
  stack.clean();
  stack.close();
  return [...odd.map((name) => `${name} is left, which is of no kind that may be`), ...strays(path).map((name) => `${name} is not cleaned up`)];
}
