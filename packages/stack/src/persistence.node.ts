/* Windows renames and removes no file that somebody has open. */
import { systemCode } from './file-failure.node.js';

const IS_WINDOWS = process.platform === 'win32';

/** What Windows answers as long as a file is open elsewhere, and also where it will never let us. */
const IN_USE = ['EPERM', 'EACCES', 'EBUSY'];

/** The longest single wait, in milliseconds: all waits together are twice that. */
const MAX_WAIT = 256;

/** Whether a file may be renamed, removed and replaced while it is open. */
export const KEEPS_OPEN = !IS_WINDOWS;

/**
 * Does something to the name of a file. On Windows it is tried again for about half a second: a virus scanner, or who reads the list, has a file
 * open for a moment. The thread waits, since names may change only at once.
 */
export function persistently<T>(work: () => T): T {
  for (let wait = 1; ; wait *= 2) {
    try {
      return work();
    } catch (error) {
      if (!IS_WINDOWS || wait > MAX_WAIT || !IN_USE.includes(systemCode(error) ?? '')) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
  }
}
