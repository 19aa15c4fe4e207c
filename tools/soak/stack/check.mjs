// @ts-check
// What must be so in the end: nothing lost, nothing half done, all in order, for us and for Git.
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { traceLogs } from '../../fixtures/lib/probe.mjs';
import { keyOf } from './ledger.mjs';
import { refsOf, SHARED } from './scene.mjs';

/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./scene.mjs').Scene} Scene */
/** @typedef {import('@reftable/block').LogUpdate} LogUpdate */
/** @typedef {import('@reftable/stack').StackSync} StackSync */

/**
 * @param {Scene} scene nobody is at work any more
 * @param {Ledger} ledger
 * @param {readonly string[]} writers
 * @returns {{ problems: string[], lost: number }}
 */
export function checkOutcome(scene, ledger, writers) {
  const stack = openStackSync(new FolderStorage(scene.stack));
  /** @type {string[]} */
  const problems = [];
  let lost = 0;
  const shared = chain(stack, scene, SHARED, problems);
  checkOrder(shared, ledger, problems);
  for (const writer of writers) {
    const own = chain(stack, scene, refsOf(writer).own, problems);
    const keys = own.map(keyOfEntry);
    if (keys.join('\n') !== shared.map(keyOfEntry).filter((key) => ledger.has(key) && ledger.get(key).writer === writer).join('\n')) problems.push(`${writer}: its own log and the shared one differ`);
    const there = new Set(keys);
    const expected = ledger.of(writer).filter(([key, { outcome }]) => outcome === 'acknowledged' || (outcome === 'open' && there.has(key)));
    for (const [key] of expected) {
      if (there.has(key)) continue;
      lost++;
      problems.push(`${key} was acknowledged and is lost`);
    }
    if (keys.join('\n') !== expected.map(([key]) => key).filter((key) => there.has(key)).join('\n')) problems.push(`${writer}: ${keys.length} entries, not those of its ${expected.length} transactions in their order`);
    checkRefs(stack, scene, writer, expected.at(-1)?.[1], problems);
  }
  stack.close();
  return { problems, lost };
}

/**
 * A ref's log, oldest entry first. Each entry must begin where the one before ended, with a greater update index, and the ref be at the end.
 * @param {StackSync} stack @param {Scene} scene @param {string} ref @param {string[]} problems
 * @returns {LogUpdate[]}
 */
function chain(stack, scene, ref, problems) {
  const entries = [...stack.log(ref)].flatMap((log) => (log.kind === 'update' ? [log] : [])).reverse();
  let [oid, updateIndex] = [scene.nullId, 0];
  for (const entry of entries) {
    if (entry.oldOid !== oid || entry.updateIndex <= updateIndex) problems.push(`${ref}: the entry of update index ${entry.updateIndex} does not follow that of ${updateIndex}`);
    [oid, updateIndex] = [entry.newOid, entry.updateIndex];
  }
  const found = stack.getRef(ref);
  if (entries.length > 0 && (found?.kind !== 'direct' || found.oid !== oid || found.updateIndex !== updateIndex)) problems.push(`${ref} is not where its log ends`);
  return entries;
}

/**
 * Whether entries are those of transactions that were tried and not refused, have the update index that their writers were told, and none
 * stands before one that had ended when it began.
 * @param {readonly LogUpdate[]} entries oldest first @param {Ledger} ledger @param {string[]} problems
 */
function checkOrder(entries, ledger, problems) {
  let end = Infinity;
  for (const entry of [...entries].reverse()) {
    const key = keyOfEntry(entry);
    if (!ledger.has(key)) {
      problems.push(`${key} is there, and nobody wrote it`);
      continue;
    }
    const attempt = ledger.get(key);
    if (attempt.outcome === 'refused') problems.push(`${key} is there, though its writer was told that it is not`);
    if (attempt.updateIndex !== undefined && attempt.updateIndex !== entry.updateIndex) problems.push(`${key} is of update index ${entry.updateIndex}, its writer was told ${attempt.updateIndex}`);
    if (attempt.begin > end) problems.push(`${key} stands before one that had ended when it began`);
    end = Math.min(end, attempt.end);
  }
}

/**
 * Whether a writer's other refs are as its last transaction left them.
 * @param {StackSync} stack @param {Scene} scene @param {string} writer @param {import('./ledger.mjs').Attempt | undefined} last @param {string[]} problems
 */
function checkRefs(stack, scene, writer, last, problems) {
  const { pair, flapping } = refsOf(writer);
  for (const name of pair) {
    const ref = stack.getRef(name);
    if ((ref?.kind === 'direct' ? ref.oid : undefined) !== last?.oid) problems.push(`${name} is not as the last transaction left it`);
  }
  const ref = stack.getRef(flapping);
  const expected = last?.keepsFlapping === true ? last.oid : undefined;
  if ((ref?.kind === 'direct' ? ref.oid : undefined) !== expected) problems.push(`${flapping} is not as the last transaction left it`);
  // Its log went with it; one that was never seen to go has more entries.
  const entries = chain(stack, scene, flapping, problems);
  if ((expected === undefined) !== (entries.length === 0)) problems.push(`${flapping} has a log of ${entries.length} entries`);
}

/** Whether Git reads what we read, and finds nothing wrong. @param {Scene} scene @returns {string[]} what is not so */
export function compareWithGit({ git, dir, stack: path }) {
  const stack = openStackSync(new FolderStorage(path));
  /** @type {string[]} */
  const problems = [];
  const listed = git.text(['for-each-ref', '--format=%(refname) %(objectname) %(symref)'], { cwd: dir });
  const refs = [...stack.refs({ prefix: 'refs/' })].map((ref) => `${ref.name} ${ref.kind === 'direct' ? ref.oid : ''} `);
  if (listed !== refs.join('\n')) problems.push(`Git lists ${listed.split('\n').length} other refs than our ${refs.length}`);
  const logs = [...traceLogs(git, dir)].flatMap(([ref, entries]) => entries.map((entry) => `${ref} ${entry.old} ${entry.new} ${entry.message}`));
  const ours = [...stack.logs()].flatMap((log) => (log.kind === 'update' ? [`${log.ref} ${log.oldOid} ${log.newOid} ${log.message.trimEnd()}`] : []));
  if (logs.join('\n') !== ours.join('\n')) problems.push(`Git reads ${logs.length} other log entries than our ${ours.length}`);
  stack.close();
  if (git.isAtLeast(47)) {
    const { status, stderr } = git.attempt(['refs', 'verify'], { cwd: dir });
    if (status !== 0 || stderr !== '') problems.push(`git refs verify: ${stderr}`);
  }
  return problems;
}

/** @param {LogUpdate} entry */
function keyOfEntry({ message, newOid }) {
  return keyOf(message, newOid);
}
