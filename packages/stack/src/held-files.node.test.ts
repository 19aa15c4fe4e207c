/* What happens to the files of a process that ends, or is told to let go of its locks, in the middle of something. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReftableError } from '@reftable/varint';
import { afterAll, describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { releaseLocks } from './held-files.node.js';
import type { Stack } from './stack.js';
import { contentOf, direct, errorOf, faces, namesIn, put, putEach, watched, type AnyStorage } from './stack-writes.testing.js';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-held-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let number = 0;

function folder(): FolderStorage {
  const path = join(scratch, String(number++));
  mkdirSync(path);
  return new FolderStorage(path);
}

/** A table too large to wait in memory. */
const large = (stack: Stack): Promise<void> =>
  stack.transaction((transaction) => {
    for (let at = 0; at < 700; at++) transaction.addRef(direct(at.toString(36).repeat(40), at));
  });

describe.each(faces)('releaseLocks (%s)', (_, open) => {
  test.each<[string, (stack: Stack) => Promise<unknown>, autoCompaction?: boolean]>([
    ['a transaction', (stack) => put(stack, 'x')],
    ['a transaction of many refs', large],
    ['a transaction of many refs that is written merged', large, true],
    ['a compaction', (stack) => stack.compact()],
    ['a compaction of which nothing is left', (stack) => stack.compact({ expire: { expires: () => true } })],
  ])('at any step of %s leaves nothing behind, and ends it, all or nothing', async (_name, act, autoCompaction = false) => {
    let isOver = false;
    let steps = 0;
    for (; !isOver; steps++) {
      const storage = folder();
      await putEach(open, storage, ['a', 'b', 'c'], 'none');
      const before = contentOf(storage);
      let calls = -Infinity;
      let left: string[] | undefined;
      const stack = await open(
        watched(storage, () => {
          if (calls++ !== steps) return;
          releaseLocks();
          left = readdirSync(storage.name).filter((name) => /lock|temp/.test(name));
        }),
        { autoCompaction, lockTimeout: 0, durability: 'none' },
      );
      calls = 0;
      let error: unknown;
      try {
        await act(stack);
      } catch (reason) {
        error = reason;
      }
      isOver = left === undefined;
      calls = -Infinity;
      expect(left ?? []).toEqual([]);
      expect(readdirSync(storage.name).filter((name) => /lock|temp/.test(name))).toEqual([]);
      if (error !== undefined) {
        expect(error).toMatchObject({ kind: 'locked', code: 'LOCK_LOST' });
        expect(contentOf(storage)).toEqual(before);
      }
      // It goes on: what was locked is free.
      await put(stack, 'y', 9);
      const other = await open(storage);
      expect(await namesIn(other)).toContain('y');
      for (const one of [stack, other]) one.close();
    }
    expect(steps).toBeGreaterThan(8);
  });

  test('leaves alone what is listed, and what others hold', async () => {
    const storage = folder();
    const stack = await open(storage);
    await put(stack, 'a');
    const before = contentOf(storage);
    const others = join(storage.name, 'tables.list.lock');
    writeFileSync(others, 'theirs');
    releaseLocks();
    expect(readFileSync(others, 'latin1')).toBe('theirs');
    unlinkSync(others);
    expect(contentOf(storage)).toEqual(before);
    stack.close();
  });

  test('removes no lock that somebody broke and another has taken', async () => {
    const storage = folder();
    const stack = await open(storage);
    const addition = await stack.prepare();
    const lock = join(storage.name, 'tables.list.lock');
    unlinkSync(lock);
    writeFileSync(lock, 'theirs');
    releaseLocks();
    expect(readFileSync(lock, 'latin1')).toBe('theirs');
    await addition.abort();
    expect(readFileSync(lock, 'latin1')).toBe('theirs');
    stack.close();
  });

  test('removes no table that may be listed, as where publishing failed but was done', async () => {
    const storage = folder();
    let isBroken = false;
    const broken = new ReftableError('io', 'FILE_WRITE', 'the line is down');
    const faulty: AnyStorage = watched(
      storage,
      ({ operation }) => {
        if (isBroken && operation === 'hold') throw broken;
      },
      ({ operation }) => {
        if (operation !== 'publish') return;
        isBroken = true;
        throw broken;
      },
    );
    expect(await errorOf(async () => put(await open(faulty), 'a'))).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: broken });
    releaseLocks();
    const stack = await open(storage);
    expect(await namesIn(stack)).toEqual(['a']);
    stack.close();
  });

  test('twice is as once', async () => {
    const storage = folder();
    const stack = await open(storage);
    await stack.prepare();
    releaseLocks();
    releaseLocks();
    expect(readdirSync(storage.name)).toEqual([]);
  });
});
