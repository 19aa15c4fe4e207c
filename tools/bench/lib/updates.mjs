// @ts-check
// What the transactions of the bench write: refs that are new, each with an entry in its log, as Git writes them.

/** The person that the entries name, in Git's own variables too. */
export const PERSON = { name: 'A U Thor', email: 'author@example.com', time: 1_700_000_000, timeZone: 100 };

/** A commit without content or history, which Git must know before a ref can point at it. */
export const COMMIT = 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1700000000 +0100\ncommitter A <a@b> 1700000000 +0100\n\nx\n';
export const COMMIT_ID = 'c272afc171280bfa71b2e3de3b12a048cd8969a1';

const NONE = '0'.repeat(40);

/** Names of as many refs, in no order. @param {number} count */
export function updatedNames(count) {
  // A prime leads to all numbers in turn, one far from the next.
  return Array.from({ length: count }, (_, number) => `refs/heads/topic/${String((number * 7919) % 1_000_003)}`);
}

/** Makes a ref, as Git does. @param {import('@reftable/stack').Transaction} transaction @param {string} ref */
export function addUpdate(transaction, ref) {
  transaction.addRef({ name: ref, kind: 'direct', oid: COMMIT_ID });
  transaction.addLog({ ref, kind: 'update', oldOid: NONE, newOid: COMMIT_ID, ...PERSON, message: '' });
}

/** All that is in a stack. @param {import('@reftable/stack').StackSync} stack @param {import('./digest.mjs').Digest} digest */
export function digestStack(stack, digest) {
  for (const ref of stack.refs({ prefix: 'refs/' })) digest.line(ref.name, String(ref.updateIndex), 'oid' in ref ? ref.oid : '');
  for (const log of stack.logs()) {
    if (log.kind === 'update') digest.line(log.ref, String(log.updateIndex), log.oldOid, log.newOid, log.name, log.email, String(log.time), String(log.timeZone), log.message);
  }
}
