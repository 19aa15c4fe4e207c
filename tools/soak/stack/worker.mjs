// @ts-check
// A process of ours at work on a stack: `worker.mjs JSON`, which is of type `Work`. Its standard input tells it to pause, to go on and, by
// its end, to stop; on its standard output it tells of every attempt, before and after.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStack, openStackSync } from '@reftable/stack';
import { FolderStorage, releaseLocks } from '@reftable/stack/node';
import { isReftableError } from '@reftable/varint';
import { now } from './ledger.mjs';
import { readAll } from './reading.mjs';
import { refsOf, SHARED } from './scene.mjs';

/** @typedef {import('@reftable/stack').Stack} Stack */
/** @typedef {import('@reftable/stack').StackSync} StackSync */

/**
 * @typedef {object} Work
 * @property {'write' | 'read'} role
 * @property {string} stack its folder
 * @property {import('@reftable/block').Hash} hash
 * @property {string} writer
 * @property {string} session the name of this process, which begins its messages
 * @property {readonly string[]} ids that are written by turns
 * @property {number} turn the first one's number
 * @property {'sync' | 'async'} face
 * @property {import('@reftable/stack').Durability} durability
 * @property {boolean} reopens whether the stack is opened anew for each transaction
 * @property {number} padding refs that each hundredth transaction writes besides
 * @property {number} compactEvery after so many attempts it merges all tables
 * @property {'release' | 'none'} signals whether locks are released when the process is told to end
 */

const work = /** @type {Work} */ (JSON.parse(String(process.argv[2])));
const { session, ids, face, hash } = work;
const refs = refsOf(work.writer);
const nullId = '0'.repeat(hash === 'sha1' ? 40 : 64);
const options = { hash, durability: work.durability };
const storage = new FolderStorage(work.stack);

/** Codes of errors that come of others being at work, with which nothing is written. */
const BUSY = ['LOCK_HELD', 'STACK_OUTDATED'];

if (work.signals === 'release') {
  process.on('exit', releaseLocks);
  for (const [signal, number] of /** @type {const} */ ([['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]])) process.on(signal, () => process.exit(128 + number));
}

/** Whoever reads it reads what was said before a kill: nothing is held back here. @param {...(string | number)} words */
function say(...words) {
  writeSync(1, `${words.join(' ')}\n`);
}

/** @type {Promise<void> | undefined} lasts until it is told to go on */
let pause;
/** @type {(() => void) | undefined} */
let goOn;
let isOver = false;
createInterface({ input: process.stdin })
  .on('line', (order) => {
    goOn?.();
    pause = order === 'pause' ? new Promise((resolve) => (goOn = resolve)) : undefined;
  })
  .on('close', () => {
    isOver = true;
    pause = undefined;
    goOn?.();
  });

/** Lets signals and orders come through, between two transactions. */
async function turn() {
  await new Promise(setImmediate);
  while (pause !== undefined) {
    say('paused');
    await pause;
  }
}

/** @returns {Promise<Stack | StackSync>} */
async function open() {
  return face === 'sync' ? openStackSync(storage, options) : await openStack(storage, options);
}

/**
 * What a transaction writes, on the ground of what is there under the lock.
 * @param {import('@reftable/stack').Transaction} transaction
 * @param {{ oid: string, message: string, keepsFlapping: boolean, padding: number }} plan
 * @param {{ shared: import('@reftable/block').Ref | undefined, own: import('@reftable/block').Ref | undefined, flapping: readonly import('@reftable/block').LogRecord[] }} found
 */
function fill(transaction, { oid, message, keepsFlapping, padding }, found) {
  /** @param {string} ref @param {import('@reftable/block').Ref | undefined} before */
  const update = (ref, before) => {
    const oldOid = before?.kind === 'direct' ? before.oid : nullId;
    transaction.addRef({ kind: 'direct', name: ref, oid });
    transaction.addLog({ kind: 'update', ref, oldOid, newOid: oid, name: 'Worker', email: 'w@example.invalid', time: 1_700_000_000, timeZone: 0, message: `${message}\n` });
  };
  update(SHARED, found.shared);
  update(refs.own, found.own);
  for (const name of refs.pair) transaction.addRef({ kind: 'direct', name, oid });
  for (let number = 0; number < padding; number++) transaction.addRef({ kind: 'direct', name: `refs/padding/${work.writer}/${number}`, oid });
  for (const { updateIndex } of found.flapping) transaction.addLog({ kind: 'deletion', ref: refs.flapping, updateIndex });
  if (keepsFlapping) update(refs.flapping, undefined);
  else transaction.addRef({ kind: 'deletion', name: refs.flapping });
}

/** One transaction; its update index. @param {Stack | StackSync} stack @param {Parameters<typeof fill>[1]} plan */
async function write(stack, plan) {
  let updateIndex = 0;
  if (face === 'sync') {
    const sync = /** @type {StackSync} */ (stack);
    sync.transaction((transaction) => {
      updateIndex = transaction.updateIndex;
      fill(transaction, plan, { shared: sync.getRef(SHARED), own: sync.getRef(refs.own), flapping: [...sync.log(refs.flapping)] });
    });
  } else {
    await /** @type {Stack} */ (stack).transaction(async (transaction) => {
      updateIndex = transaction.updateIndex;
      const flapping = [];
      for await (const entry of stack.log(refs.flapping)) flapping.push(entry);
      fill(transaction, plan, { shared: await stack.getRef(SHARED), own: await stack.getRef(refs.own), flapping });
    });
  }
  return updateIndex;
}

async function writeUntilTold() {
  let stack = await open();
  say('ready');
  for (let attempt = 0, at = work.turn; ; attempt++) {
    await turn();
    if (isOver) break;
    const oid = String(ids[at % ids.length]);
    say('try', attempt, at, now());
    try {
      const updateIndex = await write(stack, { oid, message: `${session}#${attempt}`, keepsFlapping: at % 2 === 0, padding: attempt % 100 === 50 ? work.padding : 0 });
      at++;
      say('did', attempt, updateIndex, stack.compactions.attempts, stack.compactions.failures);
    } catch (error) {
      say('failed', attempt, codeOf(error));
    }
    if (attempt % work.compactEvery === work.compactEvery - 1) await compact(stack);
    if (!work.reopens) continue;
    stack.close();
    stack = await open();
  }
  stack.close();
}

/** @param {Stack | StackSync} stack */
async function compact(stack) {
  try {
    await stack.compact();
  } catch (error) {
    say('busy', codeOf(error));
  }
}

/** @param {unknown} error @throws what is no consequence of others being at work */
function codeOf(error) {
  if (isReftableError(error) && BUSY.includes(error.code)) return error.code;
  throw error;
}

async function readUntilTold() {
  const stack = await open();
  say('ready');
  for (let newest = 0, count = 0; ; count++) {
    await turn();
    if (isOver) {
      say('read', count);
      break;
    }
    // Who reads all the time leaves the writers none.
    await sleep(10);
    await stack.reload();
    const snapshot = stack.snapshot();
    newest = await readAll(snapshot, newest);
    snapshot.release();
  }
  stack.close();
}

await (work.role === 'write' ? writeUntilTold() : readUntilTold());
process.exit(0);
