import { lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { BytesSource, type BlockSource, type BlockSourceSync } from '@reftable/io';
import { FileSource, FileSourceSync, identityOf } from '@reftable/io/node';
import { failure, isStale, missing } from './file-failure.node.js';
import { HeldList, IN_PLACE } from './held-list.node.js';
import type { HeldFile, ReadableStorage, ReadableStorageSync, ReadFile } from './storage.js';

/** A file that small is read whole when it is opened, and holds no descriptor: a stack may have thousands of them. */
const SMALL_SIZE = 64 << 10;

/** A stack in a folder of the file system, to be read. */
export class ReadableFolder implements ReadableStorage, ReadableStorageSync {
  /** The folder's path. */
  readonly name: string;

  /** @param path of the folder that holds `tables.list` */
  constructor(path: string) {
    this.name = path;
  }

  openSync(name: string): BlockSourceSync {
    const path = this.path(name);
    try {
      const source = FileSourceSync.open(path, IN_PLACE);
      if (source.size > SMALL_SIZE) return source;
      try {
        return new BytesSource(source.readSync(0, source.size), source.name);
      } finally {
        source.closeSync();
      }
    } catch (error) {
      throw isStale(error) ? missing(path, error) : error;
    }
  }

  async open(name: string): Promise<BlockSource> {
    const path = this.path(name);
    try {
      const source = await FileSource.open(path, IN_PLACE);
      if (source.size > SMALL_SIZE) return source;
      try {
        return new BytesSource(await source.read(0, source.size), source.name);
      } finally {
        await source.close();
      }
    } catch (error) {
      throw isStale(error) ? missing(path, error) : error;
    }
  }

  holdSync(name: string): ReadFile {
    return HeldList.openSync(this.path(name));
  }

  hold(name: string): Promise<ReadFile> {
    return HeldList.open(this.path(name));
  }

  letGoSync(file: HeldFile): void {
    if (file instanceof HeldList) file.closeSync();
  }

  async letGo(file: HeldFile): Promise<void> {
    if (file instanceof HeldList) await file.close();
  }

  identifySync(name: string): string | undefined {
    const path = this.path(name);
    // Of a file that a server is just replacing nothing can be told. A link has an identity of its own: it is not followed when the list is read, either.
    try {
      return identityOf(lstatSync(path, { bigint: true }));
    } catch (error) {
      if (isStale(error)) return undefined;
      throw failure('FILE_OPEN', path, error);
    }
  }

  async identify(name: string): Promise<string | undefined> {
    const path = this.path(name);
    try {
      return identityOf(await lstat(path, { bigint: true }));
    } catch (error) {
      if (isStale(error)) return undefined;
      throw failure('FILE_OPEN', path, error);
    }
  }

  /** Where a file of the folder is. */
  protected path(name: string): string {
    return `${this.name}/${name}`;
  }
}
