/* Locks: files that whoever creates them holds. Git and JGit take the same. */
import { isReftableError, ReftableError } from '@reftable/varint';
import { ask, PauseRequest, random, tidy, type Steps } from './requests.js';
import type { NewFile } from './storage.js';
import { LOCK_SUFFIX } from './table-name.js';

/** The longest single wait, in milliseconds. */
const MAX_PAUSE = 1000;

/**
 * Takes the lock of a file, which `publish` or `discard` ends. While another holds it, waits 1, 4, 9, … milliseconds, each a quarter more
 * or less at random, as Git does.
 * @param folder what errors call the stack
 * @param timeout how many milliseconds of waiting may pass before the last try; 0: one try; -1: for ever
 * @throws `LOCK_HELD` (locked), which names the lock's file; what the storage throws
 */
export function* takeLock(folder: string, name: string, timeout: number): Steps<NewFile> {
  const lock = name + LOCK_SUFFIX;
  for (let tries = 1, waited = 0; ; tries++) {
    try {
      return yield* ask('create', lock);
    } catch (error) {
      if (!isReftableError(error, 'FILE_EXISTS')) throw error;
      if (timeout >= 0 && waited >= timeout) {
        const how = waited > 0 ? `, after ${Math.round(waited)} ms` : '';
        const message = `locked by another process${how}; if none is running, remove this file`;
        throw new ReftableError('locked', 'LOCK_HELD', message, { file: `${folder}/${lock}`, cause: error });
      }
    }
    const pause = Math.min(tries * tries, MAX_PAUSE) * (0.75 + (yield* random()) / 2 ** 33);
    yield new PauseRequest(pause);
    waited += pause;
  }
}

/** Does something under a lock, and frees it. */
export function* freeAfter<T>(lock: NewFile, work: Steps<T>): Steps<T> {
  let result: T;
  try {
    result = yield* work;
  } catch (error) {
    yield* tidy(ask('discard', lock));
    throw error;
  }
  yield* ask('discard', lock);
  return result;
}
