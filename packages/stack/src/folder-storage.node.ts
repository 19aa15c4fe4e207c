import { fchmodSync, fsync, fsyncSync, lstatSync, readdirSync, renameSync, unlinkSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { syncFolder, syncFolderSync } from '@reftable/io/node';
import { attempt, attemptLater, exists, failure, lost, systemCode } from './file-failure.node.js';
import { forgetPath, holdPath, movePath } from './held-files.node.js';
import { OpenFile } from './open-file.node.js';
import { persistently } from './persistence.node.js';
import { ReadableFolder } from './readable-folder.node.js';
import { sharedMode, type SharedRepository } from './shared-mode.js';
import type { HeldFile, NewFile, StackStorage, StackStorageSync, StoredFile } from './storage.js';

const writeLater = promisify(write);
const syncLater = promisify(fsync);

/** How a folder is written to. */
export interface FolderOptions {
  /** Who may read and write new files besides their owner: as Git's `core.sharedRepository`. Default: as the umask has it. */
  readonly shared?: SharedRepository;
}

/**
 * A stack in a folder of the file system.
 *
 * Its async face reads, writes and syncs in the background, but creates, renames and removes at once, as {@link StackStorage} has it: a call
 * that only changes names is over sooner than a thread could be asked for it.
 */
export class FolderStorage extends ReadableFolder implements StackStorage, StackStorageSync {
  readonly #shared: SharedRepository | undefined;

  /** @param path of the folder that holds `tables.list` */
  constructor(path: string, { shared }: FolderOptions = {}) {
    super(path);
    this.#shared = shared;
  }

  override letGoSync(file: HeldFile): void {
    if (file instanceof OpenFile) file.closeLater();
    else super.letGoSync(file);
  }

  override async letGo(file: HeldFile): Promise<void> {
    if (file instanceof OpenFile) file.closeLater();
    else await super.letGo(file);
  }

  existsSync(name: string): boolean {
    const path = this.path(name);
    return attempt('FILE_OPEN', path, () => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
  }

  exists(name: string): boolean {
    return this.existsSync(name);
  }

  createSync(name: string): NewFile {
    const path = this.path(name);
    const file = attempt('FILE_WRITE', path, () => persistently(() => OpenFile.create(path, name)));
    holdPath(path, file);
    const shared = this.#shared;
    if (shared === undefined) return file;
    try {
      fchmodSync(file.fd, sharedMode(file.mode, shared));
    } catch (error) {
      this.discardSync(file);
      throw failure('FILE_WRITE', path, error);
    }
    return file;
  }

  writeSync(file: NewFile, bytes: Uint8Array): void {
    const { fd } = opened(file);
    attempt('FILE_WRITE', this.path(file.name), () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    });
  }

  async write(file: NewFile, bytes: Uint8Array): Promise<void> {
    const { fd } = opened(file);
    await attemptLater('FILE_WRITE', this.path(file.name), async () => {
      for (let done = 0; done < bytes.length; ) done += (await writeLater(fd, bytes, done)).bytesWritten;
    });
  }

  syncSync(file: NewFile): void {
    attempt('FILE_SYNC', this.path(file.name), () => fsyncSync(opened(file).fd));
  }

  sync(file: NewFile): Promise<void> {
    return attemptLater('FILE_SYNC', this.path(file.name), () => syncLater(opened(file).fd));
  }

  closeSync(file: NewFile): void {
    attempt('FILE_WRITE', this.path(file.name), () => opened(file).close());
  }

  renameSync(from: string, to: string): void {
    const [source, target] = [this.path(from), this.path(to)];
    // Nobody else makes one between: names of tables are given only under the list's lock.
    if (this.existsSync(to)) throw exists(target);
    try {
      persistently(() => renameSync(source, target));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw failure('FILE_WRITE', target, error);
      // Over a network, an answer that was lost is asked for again: it may be done.
      if (!this.existsSync(to)) throw lost(source, error);
    }
    movePath(source, target);
  }

  publishSync(file: NewFile, to: string, listed: readonly string[]): HeldFile {
    const open = opened(file);
    const path = this.path(file.name);
    attempt('FILE_WRITE', path, () => {
      if (!open.isAt(path)) throw lost(path);
      open.settle();
    });
    // Before they may be listed: that they stay for nothing would be better than that they go.
    for (const name of listed) forgetPath(this.path(name));
    attempt('FILE_WRITE', this.path(to), () => persistently(() => renameSync(path, this.path(to))));
    forgetPath(path);
    return open;
  }

  discardSync(file: NewFile): void {
    const open = opened(file);
    const path = this.path(file.name);
    attempt('FILE_REMOVE', path, () => {
      // As long as it is open, nothing else gets its inode number.
      const isStill = open.isAt(path);
      open.close();
      if (isStill) persistently(() => this.removeSync(file.name));
    });
    forgetPath(path);
  }

  removeSync(name: string): void {
    const path = this.path(name);
    try {
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failure('FILE_REMOVE', path, error);
    }
    forgetPath(path);
  }

  syncNamesSync(): void {
    attempt('FILE_SYNC', this.name, () => {
      syncFolderSync(this.name);
    });
  }

  listSync(): StoredFile[] {
    const files: StoredFile[] = [];
    const now = Date.now();
    for (const name of attempt('FILE_OPEN', this.name, () => readdirSync(this.name))) {
      const path = this.path(name);
      const stats = attempt('FILE_OPEN', path, () => lstatSync(path, { throwIfNoEntry: false }));
      if (stats !== undefined) files.push({ name, size: stats.size, age: now - stats.mtimeMs });
    }
    return files;
  }

  create(name: string): NewFile {
    return this.createSync(name);
  }
  close(file: NewFile): void {
    this.closeSync(file);
  }
  rename(from: string, to: string): void {
    this.renameSync(from, to);
  }
  publish(file: NewFile, to: string, listed: readonly string[]): HeldFile {
    return this.publishSync(file, to, listed);
  }
  discard(file: NewFile): void {
    this.discardSync(file);
  }
  remove(name: string): void {
    this.removeSync(name);
  }
  list(): StoredFile[] {
    return this.listSync();
  }

  async syncNames(): Promise<void> {
    await attemptLater('FILE_SYNC', this.name, () => syncFolder(this.name));
  }
}

function opened(file: NewFile): OpenFile {
  if (!(file instanceof OpenFile)) throw new TypeError('a file of another storage');
  return file;
}
