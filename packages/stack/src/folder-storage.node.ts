import { join } from 'node:path';
import type { BlockSource, BlockSourceSync } from '@reftable/io';
import { FileSource, FileSourceSync } from '@reftable/io/node';
import type { StackStorage, StackStorageSync } from './storage.js';

/** What is listed must be in the folder itself: a link could lead anywhere. */
const IN_PLACE = { follow: false };

/** A stack in a folder of the file system. */
export class FolderStorage implements StackStorage, StackStorageSync {
  /** The folder's path. */
  readonly name: string;

  /** @param path of the folder that holds `tables.list` */
  constructor(path: string) {
    this.name = path;
  }

  open(name: string): Promise<BlockSource> {
    return FileSource.open(join(this.name, name), IN_PLACE);
  }

  openSync(name: string): BlockSourceSync {
    return FileSourceSync.open(join(this.name, name), IN_PLACE);
  }
}
