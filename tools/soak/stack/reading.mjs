// @ts-check
// What must be so at every moment, for every reader.
import { SHARED } from './scene.mjs';

/** @typedef {import('@reftable/stack').StackSnapshot} StackSnapshot */
/** @typedef {import('@reftable/stack').StackSnapshotSync} StackSnapshotSync */

/**
 * Reads a stack, and checks that it shows whole transactions only and is not older than what was read before.
 * @param {StackSnapshot | StackSnapshotSync} snapshot
 * @param {number} before the update index of the newest transaction that was read so far
 * @returns {Promise<number>} the same, of this time
 * @throws Error that says what is wrong
 */
export async function readAll(snapshot, before) {
  const shared = await snapshot.getRef(SHARED);
  let updateIndex = 0;
  for await (const entry of snapshot.log(SHARED)) {
    updateIndex = entry.updateIndex;
    if (shared?.kind !== 'direct' || entry.kind !== 'update') throw new Error(`${SHARED} has a log, and no id`);
    if (shared.oid !== entry.newOid || shared.updateIndex !== updateIndex) throw new Error(`${SHARED} is of update index ${shared.updateIndex}, the newest entry of its log of ${updateIndex}`);
    break;
  }
  if (updateIndex < before) throw new Error(`update index ${updateIndex} is newest, after ${before} was`);
  /** @type {Map<string, string>} */
  const pairs = new Map();
  for await (const ref of snapshot.refs({ prefix: 'refs/pair/' })) {
    if (ref.kind === 'direct') checkPair(pairs, ref.name, ref.oid);
  }
  if (pairs.size > 0) throw new Error(`half a transaction: ${[...pairs.keys()].join(' ')}`);
  return updateIndex;
}

/**
 * Takes note of one ref of a pair, or checks it against the other one.
 * @param {Map<string, string>} pairs those of which one was met so far
 * @param {string} name
 * @param {string} oid
 */
export function checkPair(pairs, name, oid) {
  const [writer, which] = [name.slice(0, -2), name.at(-1)];
  if (which === 'a') pairs.set(writer, oid);
  else if (pairs.get(writer) === oid) pairs.delete(writer);
  else throw new Error(`half a transaction: ${name} is ${oid}, the other ${pairs.get(writer) ?? 'missing'}`);
}
