import { closeSync, constants, fchmodSync, fsync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, statSync, unlinkSync, write, writeSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BytesSource, type BlockSource, type BlockSourceSync } from '@reftable/io';
import { FileSource, FileSourceSync, identityOf } from '@reftable/io/node';
import { ReftableError } from '@reftable/varint';
import { forgetPath, holdPath } from './held-files.node.js';
import { OpenFile } from './open-file.node.js';
import { sharedMode, type SharedRepository } from './shared-mode.js';
import type { HeldFile, NewFile, ReadFile, StackStorage, StackStorageSync, StoredFile } from './storage.js';

/** What is listed must be in the folder itself: a link could lead anywhere. */
const IN_PLACE = { follow: false };

/** A file that small is read whole when it is opened, and holds no descriptor: a stack may have thousands of them. */
const SMALL_SIZE = 64 << 10;

/** What a folder that can't be synced answers: Windows has no such thing, nor have some file systems. */
const NO_FOLDER_SYNC = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF'];

/** Windows renames and removes no file that is open. */
const KEEPS_OPEN = process.platform !== 'win32';

const writeLater = promisify(write);
const syncLater = promisify(fsync);

/** How a folder is written to. */
export interface FolderOptions {
  /** Who may read and write new files besides their owner: as Git's `core.sharedRepository`. Default: as the umask has it. */
  readonly shared?: SharedRepository;
}

/** The list, as it was read: held open, so that nothing else gets its identity. */
class HeldList implements ReadFile {
  readonly bytes: Uint8Array;
  readonly source: FileSource | FileSourceSync;

  constructor(source: FileSource | FileSourceSync, bytes: Uint8Array) {
    this.source = source;
    this.bytes = bytes;
  }

  get identity(): string | undefined {
    return this.source.identity;
  }
}

/**
 * A stack in a folder of the file system.
 *
 * Its async face reads, writes and syncs in the background, but creates, renames and removes at once, as {@link StackStorage} has it: a call
 * that only changes names is over sooner than a thread could be asked for it.
 */
export class FolderStorage implements StackStorage, StackStorageSync {
  /** The folder's path. */
  readonly name: string;
  readonly #shared: SharedRepository | undefined;

  /** @param path of the folder that holds `tables.list` */
  constructor(path: string, { shared }: FolderOptions = {}) {
    this.name = path;
    this.#shared = shared;
  }

  openSync(name: string): BlockSourceSync {
    const source = FileSourceSync.open(this.#path(name), IN_PLACE);
    if (source.size > SMALL_SIZE) return source;
    try {
      return new BytesSource(source.readSync(0, source.size), source.name);
    } finally {
      source.closeSync();
    }
  }

  async open(name: string): Promise<BlockSource> {
    const source = await FileSource.open(this.#path(name), IN_PLACE);
    if (source.size > SMALL_SIZE) return source;
    try {
      return new BytesSource(await source.read(0, source.size), source.name);
    } finally {
      await source.close();
    }
  }

  holdSync(name: string): ReadFile {
    const source = FileSourceSync.open(this.#path(name), IN_PLACE);
    try {
      return new HeldList(source, source.readSync(0, source.size));
    } catch (error) {
      source.closeSync();
      throw error;
    }
  }

  async hold(name: string): Promise<ReadFile> {
    const source = await FileSource.open(this.#path(name), IN_PLACE);
    try {
      return new HeldList(source, await source.read(0, source.size));
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  letGoSync(file: HeldFile): void {
    if (file instanceof OpenFile) file.close();
    else if (file instanceof HeldList) (file.source as FileSourceSync).closeSync();
  }

  async letGo(file: HeldFile): Promise<void> {
    if (file instanceof OpenFile) file.close();
    else if (file instanceof HeldList) await (file.source as FileSource).close();
  }

  existsSync(name: string): boolean {
    return lstatSync(this.#path(name), { throwIfNoEntry: false }) !== undefined;
  }

  exists(name: string): boolean {
    return this.existsSync(name);
  }

  identifySync(name: string): string | undefined {
    const path = this.#path(name);
    const stats = attempt('FILE_OPEN', path, () => statSync(path, { bigint: true, throwIfNoEntry: false }));
    if (stats === undefined) throw missing(path);
    return identityOf(stats);
  }

  async identify(name: string): Promise<string | undefined> {
    const path = this.#path(name);
    return identityOf(await attemptLater('FILE_OPEN', path, () => stat(path, { bigint: true })));
  }

  createSync(name: string): NewFile {
    const path = this.#path(name);
    const fd = attempt('FILE_WRITE', path, () => openSync(path, 'wx', 0o666));
    holdPath(path);
    const file = new OpenFile(name, fd);
    try {
      const shared = this.#shared;
      if (shared !== undefined) attempt('FILE_WRITE', path, () => fchmodSync(fd, sharedMode(file.mode, shared)));
    } catch (error) {
      this.discardSync(file);
      throw error;
    }
    return file;
  }

  writeSync(file: NewFile, bytes: Uint8Array): void {
    const { fd } = opened(file);
    attempt('FILE_WRITE', this.#path(file.name), () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    });
  }

  async write(file: NewFile, bytes: Uint8Array): Promise<void> {
    const { fd } = opened(file);
    await attemptLater('FILE_WRITE', this.#path(file.name), async () => {
      for (let done = 0; done < bytes.length; ) done += (await writeLater(fd, bytes, done)).bytesWritten;
    });
  }

  syncSync(file: NewFile): void {
    attempt('FILE_SYNC', this.#path(file.name), () => fsyncSync(opened(file).fd));
  }

  sync(file: NewFile): Promise<void> {
    return attemptLater('FILE_SYNC', this.#path(file.name), () => syncLater(opened(file).fd));
  }

  closeSync(file: NewFile): void {
    attempt('FILE_WRITE', this.#path(file.name), () => opened(file).close());
  }

  renameSync(from: string, to: string): void {
    const [source, target] = [this.#path(from), this.#path(to)];
    // Nobody else makes one between: names of tables are given only under the list's lock.
    if (this.existsSync(to)) throw exists(target);
    attempt('FILE_WRITE', target, () => renameSync(source, target));
    forgetPath(source);
    holdPath(target);
  }

  publishSync(file: NewFile, to: string, listed: readonly string[]): HeldFile {
    const open = opened(file);
    const path = this.#path(file.name);
    if (!this.#isStill(open)) throw new ReftableError('locked', 'LOCK_LOST', 'lock was removed by another process', { file: path });
    open.settle();
    if (!KEEPS_OPEN) open.close();
    attempt('FILE_WRITE', this.#path(to), () => renameSync(path, this.#path(to)));
    forgetPath(path);
    for (const name of listed) forgetPath(this.#path(name));
    return open;
  }

  discardSync(file: NewFile): void {
    const open = opened(file);
    const path = this.#path(file.name);
    const isStill = this.#isStill(open);
    open.close();
    if (isStill) this.removeSync(file.name);
    else forgetPath(path);
  }

  removeSync(name: string): void {
    const path = this.#path(name);
    try {
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failure('FILE_REMOVE', path, error);
    }
    forgetPath(path);
  }

  syncNamesSync(): void {
    attempt('FILE_SYNC', this.name, () => {
      let fd: number | undefined;
      try {
        fd = openSync(this.name, constants.O_RDONLY);
        fsyncSync(fd);
      } catch (error) {
        if (!NO_FOLDER_SYNC.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      } finally {
        if (fd !== undefined) closeSync(fd);
      }
    });
  }

  listSync(): StoredFile[] {
    const files: StoredFile[] = [];
    const now = Date.now();
    for (const name of attempt('FILE_OPEN', this.name, () => readdirSync(this.name))) {
      const stats = lstatSync(this.#path(name), { throwIfNoEntry: false });
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
    await attemptLater('FILE_SYNC', this.name, async () => {
      let folder: FileHandle | undefined;
      try {
        folder = await open(this.name, constants.O_RDONLY);
        await folder.sync();
      } catch (error) {
        if (!NO_FOLDER_SYNC.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      } finally {
        await folder?.close();
      }
    });
  }

  #path(name: string): string {
    return `${this.name}/${name}`;
  }

  /** Whether a file that this process has created still has its name. */
  #isStill(file: OpenFile): boolean {
    const stats = lstatSync(this.#path(file.name), { bigint: true, throwIfNoEntry: false });
    return stats !== undefined && file.isSame(stats);
  }
}

function opened(file: NewFile): OpenFile {
  if (!(file instanceof OpenFile)) throw new TypeError('a file of another storage');
  return file;
}

function attempt<T>(code: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failure(code, path, error);
  }
}

async function attemptLater<T>(code: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(code, path, error);
  }
}

function exists(path: string, cause?: unknown): ReftableError {
  return new ReftableError('locked', 'FILE_EXISTS', 'exists already', { file: path, cause });
}

function missing(path: string, cause?: unknown): ReftableError {
  return new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: path, cause });
}

function failure(code: string, path: string, cause: unknown): ReftableError {
  const { code: reason, message } = cause as NodeJS.ErrnoException;
  if (reason === 'EEXIST') return exists(path, cause);
  if (reason === 'ENOENT') return missing(path, cause);
  const what = { FILE_WRITE: 'written', FILE_SYNC: 'synced', FILE_REMOVE: 'removed', FILE_OPEN: 'read' }[code] ?? 'used';
  return new ReftableError('io', code, `can not be ${what} (${reason ?? message})`, { file: path, cause });
}
