/* A storage that fails, at each operation of each kind of write: all or nothing, and no trace. */
import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import type { StackOptions } from './options.js';
import type { Stack } from './stack.js';
import { contentOf, direct, errorOf, faces, namesIn, put, putEach, strays, watched, type Call, type Opener } from './stack-writes.testing.js';
import type { Transaction } from './transaction.js';

/** Something that is done to a stack of three tables. */
interface Write {
  readonly options?: StackOptions;
  readonly act: (stack: Stack) => Promise<unknown>;
}

const many = Array.from({ length: 700 }, (_, at) => `refs/heads/${String(at).padStart(70, '0')}`);

function fillLarge(transaction: Transaction): void {
  for (const [at, name] of many.entries()) transaction.addRef(direct(name, at));
}

/** A table too large to stay in memory. */
const large = (stack: Stack): Promise<void> => stack.transaction(fillLarge);

/** The same, in an addition, which others may follow in. */
async function largeAddition(stack: Stack): Promise<void> {
  const addition = await stack.prepare();
  try {
    await addition.addTable(fillLarge);
    await addition.commit();
  } finally {
    await addition.abort();
  }
}

async function twoTables(stack: Stack): Promise<void> {
  const addition = await stack.prepare();
  try {
    await addition.addTable((transaction) => transaction.addRef({ name: 'x', kind: 'deletion' }));
    await addition.addTable((transaction) => transaction.addRef({ name: 'y', kind: 'symbolic', target: 'x' }));
    await addition.commit();
  } finally {
    await addition.abort();
  }
}

async function throwing(stack: Stack): Promise<void> {
  const change = new Error('changed my mind');
  const error = await errorOf(() =>
    stack.transaction((transaction) => {
      transaction.addRef(direct('x', 1));
      throw change;
    }),
  );
  if (error !== change) throw error;
}

const writes: readonly (readonly [string, Write])[] = [
  ['a transaction', { options: { autoCompaction: false }, act: (stack) => put(stack, 'x') }],
  ['a transaction that merges at once', { act: (stack) => put(stack, 'x') }],
  ['a transaction of many refs', { options: { autoCompaction: false }, act: large }],
  ['a transaction of many refs that is written merged', { act: large }],
  ['an addition of many refs, and a compaction after it', { act: largeAddition }],
  ['two tables', { options: { autoCompaction: false }, act: twoTables }],
  ['two tables that merge at once', { act: twoTables }],
  ['a transaction with nothing in it', { act: (stack) => stack.transaction(() => undefined) }],
  ['a transaction that throws', { act: throwing }],
  ['a full compaction', { act: (stack) => stack.compact() }],
  ['a compaction of a range', { act: (stack) => stack.compact({ tables: { first: 1, last: 2 } }) }],
  ['a compaction of which nothing is left', { act: (stack) => stack.compact({ expire: { expires: () => true } }) }],
  ['an automatic compaction', { act: (stack) => stack.compactAutomatically() }],
];

/** What came of a write in whose course operations failed. */
interface Outcome {
  readonly storage: MemoryStorage;
  readonly before: ReadonlyMap<string, string>;
  readonly calls: readonly Call[];
  readonly failed: readonly Call[];
  readonly error: unknown;
}

/** Runs a write on three tables; those of its operations fail that `fails` picks by their number. */
async function run(open: Opener, { options = {}, act }: Write, fails: (index: number, call: Call) => boolean): Promise<Outcome> {
  const storage = new MemoryStorage();
  await putEach(open, storage, ['refs/a', 'refs/b', 'refs/c']);
  const before = contentOf(storage);
  const calls: Call[] = [];
  const failed: Call[] = [];
  let isArmed = false;
  const faulty = watched(storage, (call) => {
    if (!isArmed) return;
    calls.push(call);
    if (!fails(calls.length - 1, call)) return;
    failed.push(call);
    throw new ReftableError('io', 'FILE_WRITE', 'no space left', { file: call.text });
  });
  const stack = await open(faulty, { ...options, lockTimeout: 0 });
  isArmed = true;
  let error: unknown;
  try {
    await act(stack);
  } catch (reason) {
    error = reason;
  }
  isArmed = false;
  // What it knows agrees with what is there, and it can go on, unless a lock could not be removed.
  expect(await namesIn(stack)).toEqual(await namesIn(await open(storage)));
  return { storage, before, calls, failed, error };
}

/** Operations by which something is tidied up: where they fail, something stays. */
const isTidying = ({ operation }: Call): boolean => operation === 'discard' || operation === 'remove';

/** Names of files that are left though nobody could not have removed them. */
function needlessStrays({ storage, before, failed }: Outcome): string[] {
  const names = failed.filter(isTidying).flatMap((call) => call.names);
  // Where the last sync failed, a loss of power may bring back the old list, with its tables.
  if (failed[0]?.operation === 'syncNames') names.push(...before.keys());
  return strays(storage).filter((name) => !names.includes(name));
}

describe.each(faces)('%s', (_, open) => {
  test.each(writes)('%s: an operation fails', async (_name, write) => {
    const { calls, error: regular } = await run(open, write, () => false);
    expect(regular).toBeUndefined();
    expect(calls.length).toBeGreaterThan(2);
    for (const number of calls.keys()) {
      const outcome = await run(open, write, (index) => index === number);
      const { storage, before, failed, error } = outcome;
      const [call] = failed;
      expect(needlessStrays(outcome), call!.text).toEqual([]);
      if (error === undefined) continue;
      // What is told is what went wrong; and unless it was only the last sync, or the tidying up behind it, nothing was done.
      if ((error as ReftableError).code === 'NOT_DURABLE') expect((error as ReftableError).cause).toMatchObject({ file: call!.text });
      else expect(error).toMatchObject({ file: call!.text });
      if (call!.operation !== 'syncNames' && !isTidying(call!)) expect(contentOf(storage), call!.text).toEqual(before);
    }
  });

  test.each(writes)('%s: an operation fails, and something then can not be removed', async (_name, write) => {
    const { calls } = await run(open, write, () => false);
    for (const number of calls.keys()) {
      let isSecond = false;
      const outcome = await run(open, write, (index, call) => {
        if (index === number) return (isSecond = true);
        if (!isSecond || !isTidying(call)) return false;
        isSecond = false;
        return true;
      });
      const { failed, error } = outcome;
      expect(needlessStrays(outcome), failed.map(({ text }) => text).join(', then ')).toEqual([]);
      if (error !== undefined && (error as ReftableError).code !== 'NOT_DURABLE') expect(error).toMatchObject({ file: failed[0]!.text });
    }
  });

  test.each(writes)('%s: nothing can be written any more', async (_name, write) => {
    const outcome = await run(open, write, (_index, { operation }) => operation === 'write');
    expect(strays(outcome.storage)).toEqual([]);
    if (outcome.failed.length > 0) expect(contentOf(outcome.storage)).toEqual(outcome.before);
  });
});
