/* What a file system's errors are called here. */
import { isReftableError, ReftableError } from '@reftable/varint';

/** Does something to a file. What goes wrong is thrown as an error of this code: but `FILE_EXISTS` and `FILE_NOT_FOUND` where it is that. */
export function attempt<T>(code: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failure(code, path, error);
  }
}

/** As {@link attempt}. */
export async function attemptLater<T>(code: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(code, path, error);
  }
}

/** A name that should be free is not. */
export function exists(path: string, cause?: unknown): ReftableError {
  return new ReftableError('locked', 'FILE_EXISTS', 'exists already', { file: path, cause });
}

/** A file that should be there is not. */
export function missing(path: string, cause?: unknown): ReftableError {
  return new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: path, cause });
}

/** A file of this process, which nobody else may touch, is not there any more. */
export function lost(path: string, cause?: unknown): ReftableError {
  return new ReftableError('locked', 'LOCK_LOST', 'was removed by another process', { file: path, cause });
}

/** What the system calls an error, or the one below it. */
export function systemCode(error: unknown): string | undefined {
  const { code, cause } = error as NodeJS.ErrnoException;
  return isReftableError(error) ? (cause as NodeJS.ErrnoException | undefined)?.code : code;
}

/** Whether a server has removed what was asked for, between its name being looked up and its content being read. */
export function isStale(error: unknown): boolean {
  return systemCode(error) === 'ESTALE';
}

/** An error of the system, in our words. */
export function failure(code: string, path: string, cause: unknown): ReftableError {
  if (isReftableError(cause)) return cause;
  const { code: reason, message } = cause as NodeJS.ErrnoException;
  if (reason === 'EEXIST') return exists(path, cause);
  if (reason === 'ENOENT') return missing(path, cause);
  const what = { FILE_WRITE: 'written', FILE_SYNC: 'synced', FILE_REMOVE: 'removed', FILE_OPEN: 'read' }[code] ?? 'used';
  return new ReftableError('io', code, `can not be ${what} (${reason ?? message})`, { file: path, cause });
}
