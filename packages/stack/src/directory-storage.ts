import type { BlockSource, DirectorySource } from '@reftable/io';
import type { ReadableStorage, ReadFile } from './storage.js';
import { checkListSize } from './table-list.js';

/** A stack in a folder that a browser gave, the origin-private one included. It can be read, not written. */
export class DirectoryStorage implements ReadableStorage {
  readonly name: string;
  readonly #directory: DirectorySource;

  constructor(directory: DirectorySource) {
    this.name = directory.name;
    this.#directory = directory;
  }

  open(name: string): Promise<BlockSource> {
    return this.#directory.file(name);
  }

  async hold(name: string): Promise<ReadFile> {
    const source = await this.#directory.file(name);
    checkListSize(source.size, source.name ?? name);
    return { bytes: await source.read(0, source.size), identity: undefined };
  }

  letGo(): void {
    // A Blob holds nothing.
  }

  /** A browser tells nothing that could not come back. */
  identify(): undefined {
    return undefined;
  }
}
