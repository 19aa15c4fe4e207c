import type { BlockSource, DirectorySource } from '@reftable/io';
import type { StackStorage } from './storage.js';

/** A stack in a folder that a browser gave, the origin-private one included. */
export class DirectoryStorage implements StackStorage {
  readonly name: string;
  readonly #directory: DirectorySource;

  constructor(directory: DirectorySource) {
    this.name = directory.name;
    this.#directory = directory;
  }

  open(name: string): Promise<BlockSource> {
    return this.#directory.file(name);
  }
}
