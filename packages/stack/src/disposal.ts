/* Letting go of files that nobody reads any more, as the two faces do it: in passing, and without telling of errors. */
import type { BlockSource, BlockSourceSync } from '@reftable/io';
import type { Disposal } from './stack-state.js';
import type { ReadableStorage, ReadableStorageSync, Soon } from './storage.js';

/** Closes on an async storage, in the background. */
export function disposalOf(storage: ReadableStorage): Disposal {
  return {
    close: (source) => {
      inBackground(() => (source as BlockSource).close());
    },
    letGo: (file) => {
      inBackground(() => storage.letGo(file));
    },
  };
}

/** Closes on a sync storage, at once. */
export function disposalOfSync(storage: ReadableStorageSync): Disposal {
  return {
    close: (source) => {
      quietly(() => {
        (source as BlockSourceSync).closeSync();
      });
    },
    letGo: (file) => {
      quietly(() => {
        storage.letGoSync(file);
      });
    },
  };
}

function inBackground(work: () => Soon<void>): void {
  // Not `async`: what can be done at once is done at once.
  quietly(() => {
    const wait = work();
    if (wait !== undefined) wait.catch(() => undefined);
  });
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What can't be closed is closed by the end of the process.
  }
}
