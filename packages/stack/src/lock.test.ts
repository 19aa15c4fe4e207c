import { runSync } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeLock } from './lock.js';
import { MemoryStorage } from './memory-storage.js';
import { answerSync, PauseRequest, RandomRequest, type StackRequest } from './requests.js';
import { errorOf, strays, watched, type AnyStorage } from './stack-writes.testing.js';
import type { NewFile } from './storage.js';

/** Takes the lock of `tables.list`; time passes only by its pauses, which are told to `onPause`. @param random from 0 up to 1 */
function take(storage: AnyStorage, timeout: number, random: () => number = () => 0.5, onPause: (pause: number) => void = () => undefined): NewFile {
  return runSync(takeLock('memory', 'tables.list', timeout), (request: StackRequest) => {
    if (request instanceof PauseRequest) onPause(request.milliseconds);
    else if (request instanceof RandomRequest) request.number = Math.floor(random() * 2 ** 32);
    else answerSync(request, storage);
  });
}

/** A storage whose list another has locked. */
function lockedStorage(): MemoryStorage {
  const storage = new MemoryStorage();
  storage.createSync('tables.list.lock');
  return storage;
}

test('a lock that is free is taken at once, by creating its file', () => {
  const calls: string[] = [];
  const storage = new MemoryStorage();
  const lock = take(watched(storage, ({ text }) => calls.push(text)), 100, undefined, () => expect.fail('it waited'));
  expect(calls).toEqual(['create tables.list.lock']);
  expect(lock.name).toBe('tables.list.lock');
  expect(strays(storage)).toEqual(['tables.list.lock']);
});

describe('a lock that is held', () => {
  test('is waited for as Git does, and the error names its file', async () => {
    const storage = lockedStorage();
    const pauses: number[] = [];
    const error = await errorOf(() => take(storage, 100, undefined, (pause) => pauses.push(pause)));
    expect(pauses).toEqual([1, 4, 9, 16, 25, 36, 49]);
    expect(error).toMatchObject({ kind: 'locked', code: 'LOCK_HELD', file: 'memory/tables.list.lock', cause: { code: 'FILE_EXISTS' } });
    expect(error).toHaveProperty('message', expect.stringContaining('memory/tables.list.lock') as string);
    // It is another's: to remove it is not ours.
    expect(strays(storage)).toEqual(['tables.list.lock']);
  });

  test('for at least the timeout, and not much longer, each wait a quarter more or less', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 10, maxLength: 10 }), (numbers) => {
        const pauses: number[] = [];
        let drawn = 0;
        expect(() => take(lockedStorage(), 100, () => numbers[drawn++]!, (pause) => pauses.push(pause))).toThrow(expect.objectContaining({ code: 'LOCK_HELD' }) as Error);
        for (const [index, pause] of pauses.entries()) {
          const square = (index + 1) ** 2;
          expect(pause).toBeGreaterThanOrEqual(square * 0.75);
          expect(pause).toBeLessThanOrEqual(square * 1.25);
        }
        const waited = pauses.reduce((a, b) => a + b);
        expect(waited).toBeGreaterThanOrEqual(100);
        expect(waited).toBeLessThan(162);
        expect([6, 7]).toContain(pauses.length);
      }),
    );
  });

  test('is tried once where nothing may pass', async () => {
    const calls: string[] = [];
    const storage = watched(lockedStorage(), ({ text }) => calls.push(text));
    expect(await errorOf(() => take(storage, 0, undefined, () => expect.fail('it waited')))).toMatchObject({ code: 'LOCK_HELD' });
    expect(calls).toEqual(['create tables.list.lock']);
  });

  test('is waited for without end, but never for more than about a second at once', () => {
    const storage = lockedStorage();
    const pauses: number[] = [];
    const lock = take(storage, -1, () => 0.999, (pause) => {
      pauses.push(pause);
      if (pauses.length === 2000) storage.removeSync('tables.list.lock');
    });
    expect(lock.name).toBe('tables.list.lock');
    expect(pauses).toHaveLength(2000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1250);
  });

  test('is taken when it is freed, also at the last try', () => {
    for (const freedAfter of [1, 7]) {
      const storage = lockedStorage();
      let pauses = 0;
      take(storage, 100, undefined, () => {
        if (++pauses === freedAfter) storage.removeSync('tables.list.lock');
      });
      expect(pauses).toBe(freedAfter);
    }
  });
});

test('what else goes wrong is told at once', async () => {
  const refusal = new ReftableError('io', 'FILE_WRITE', 'no space');
  const storage = watched(new MemoryStorage(), () => {
    throw refusal;
  });
  expect(await errorOf(() => take(storage, -1, undefined, () => expect.fail('it waited')))).toBe(refusal);
});
