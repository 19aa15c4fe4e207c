/* The files that this process would leave behind if it ended now: locks, and tables that no list names yet. */
import { unlinkSync } from 'node:fs';
import type { OpenFile } from './open-file.node.js';

/** By path, in the order in which they were made. */
const held = new Map<string, OpenFile>();

/** Takes note of a file that must not outlive this process. */
export function holdPath(path: string, file: OpenFile): void {
  held.set(path, file);
}

/** The file has another name now. */
export function movePath(from: string, to: string): void {
  const file = held.get(from);
  held.delete(from);
  if (file !== undefined) held.set(to, file);
}

/** The file is gone, or is somebody's to keep. */
export function forgetPath(path: string): void {
  held.delete(path);
}

/**
 * Removes all locks and unfinished tables of this process, at once: for a handler of signals or of the process's exit. What was under way
 * then ends with `LOCK_LOST`, without having changed a stack, unless it takes its locks only after that. The library itself installs no handlers.
 *
 * @example process.on('exit', releaseLocks);
 */
export function releaseLocks(): void {
  // Locks were taken first and go last: nobody finds a stack free that is not clean.
  for (const [path, file] of [...held].reverse()) {
    try {
      // If somebody broke the lock, another may have it by now.
      if (file.isAt(path)) unlinkSync(path);
    } catch {
      // An exit handler has nobody to tell.
    }
  }
  held.clear();
}
