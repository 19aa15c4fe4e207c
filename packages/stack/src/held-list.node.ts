/* The list, as it was read: held open, so that nothing else gets its identity. */
import { FileSource, FileSourceSync } from '@reftable/io/node';
import { failure, isStale, systemCode } from './file-failure.node.js';
import { KEEPS_OPEN } from './persistence.node.js';
import type { ReadFile } from './storage.js';
import { checkListSize } from './table-list.js';

/** What is listed, and the list, must be in the folder itself: a link could lead anywhere. */
export const IN_PLACE = { follow: false };

/** How often a list is opened that a server replaces each time before it is read. */
const STALE_TRIES = 5;

/** A small file that was read whole, and is held where that hinders nobody. */
export class HeldList implements ReadFile {
  readonly bytes: Uint8Array;
  readonly #source: FileSource | FileSourceSync;

  private constructor(source: FileSource | FileSourceSync, bytes: Uint8Array) {
    this.#source = source;
    this.bytes = bytes;
  }

  /** @throws `FILE_NOT_FOUND`, `FILE_OPEN`, `NOT_A_FILE`, `SOURCE_READ`, `LIST_SIZE` */
  static openSync(path: string): HeldList {
    for (let tries = 1; ; tries++) {
      let source: FileSourceSync | undefined;
      try {
        source = FileSourceSync.open(path, IN_PLACE);
        checkListSize(source.size, path);
        const list = new HeldList(source, source.readSync(0, source.size));
        if (!KEEPS_OPEN) source.closeSync();
        return list;
      } catch (error) {
        source?.closeSync();
        if (tries === STALE_TRIES || !isStale(error)) throw unlessNoFolder(path, error);
      }
    }
  }

  /** @throws as {@link openSync} */
  static async open(path: string): Promise<HeldList> {
    for (let tries = 1; ; tries++) {
      let source: FileSource | undefined;
      try {
        source = await FileSource.open(path, IN_PLACE);
        checkListSize(source.size, path);
        const list = new HeldList(source, await source.read(0, source.size));
        if (!KEEPS_OPEN) await source.close();
        return list;
      } catch (error) {
        await source?.close();
        if (tries === STALE_TRIES || !isStale(error)) throw unlessNoFolder(path, error);
      }
    }
  }

  get identity(): string | undefined {
    return KEEPS_OPEN ? this.#source.identity : undefined;
  }

  closeSync(): void {
    (this.#source as FileSourceSync).closeSync();
  }

  async close(): Promise<void> {
    await (this.#source as FileSource).close();
  }
}

/** A list that is not there is an empty one; but a folder that is none is an error. */
function unlessNoFolder(path: string, error: unknown): unknown {
  return systemCode(error) === 'ENOTDIR' ? failure('FILE_OPEN', path, (error as Error).cause) : error;
}
