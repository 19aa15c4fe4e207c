// @ts-check
// What Git does to refs and reflogs, done by our stack.
import { isExistenceMarker } from '@reftable/block';

/** @typedef {import('./history.mjs').Change} Change */
/** @typedef {import('./history.mjs').Effect} Effect */
/** @typedef {import('@reftable/stack').Stack} Stack */
/** @typedef {import('@reftable/stack').StackSync} StackSync */

/**
 * Writes changes, and their entries in the logs, in one transaction.
 * @param {Stack | StackSync} stack
 * @param {readonly Change[]} changes
 * @param {Effect} effect
 * @param {ReadonlyMap<string, string>} tags what annotated tags peel to
 */
export async function writeChanges(stack, changes, effect, tags) {
  // Read before the lock is taken: nobody else writes meanwhile.
  const dropped = await Promise.all(effect.dropped.map((ref) => allOf(stack.log(ref))));
  await stack.transaction((transaction) => {
    for (const { name, to } of changes) transaction.addRef({ name, ...valueOf(to, tags) });
    for (const { ref, updateIndex } of dropped.flat()) transaction.addLog({ kind: 'deletion', ref, updateIndex });
    for (const { ref, entry } of effect.added) {
      transaction.addLog({
        kind: 'update',
        ref,
        oldOid: entry.old,
        newOid: entry.new,
        name: entry.name,
        email: entry.email,
        time: Number(entry.time),
        timeZone: Number(entry.zone),
        message: `${entry.message}\n`,
      });
    }
  });
}

/**
 * Deletes one entry of a log. If it was the last, says that the log exists all the same.
 * @param {Stack | StackSync} stack
 * @param {string} ref
 * @param {number} at counted from the newest
 * @param {string} nullId
 */
export async function deleteEntry(stack, ref, at, nullId) {
  const entries = (await allOf(stack.log(ref))).filter((log) => log.kind === 'update' && !isExistenceMarker(log));
  const entry = entries[at];
  if (entry === undefined) throw new Error(`${ref} has no entry ${at}`);
  await stack.transaction((transaction) => {
    transaction.addLog({ kind: 'deletion', ref, updateIndex: entry.updateIndex });
    if (entries.length > 1) return;
    transaction.addLog({ kind: 'update', ref, oldOid: nullId, newOid: nullId, name: '', email: '', time: 0, timeZone: 0, message: '' });
  });
}

/**
 * All that is iterated, by either face.
 * @template T
 * @param {Iterable<T> | AsyncIterable<T>} items
 * @returns {Promise<T[]>}
 */
export async function allOf(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

/** @param {Change['to']} to @param {ReadonlyMap<string, string>} tags */
function valueOf(to, tags) {
  if (to === undefined) return /** @type {const} */ ({ kind: 'deletion' });
  if ('target' in to) return /** @type {const} */ ({ kind: 'symbolic', target: to.target });
  const peeled = tags.get(to.oid);
  return peeled === undefined ? /** @type {const} */ ({ kind: 'direct', oid: to.oid }) : /** @type {const} */ ({ kind: 'peeled', oid: to.oid, peeled });
}
