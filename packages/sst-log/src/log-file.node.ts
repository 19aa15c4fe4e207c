import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, syncFolderSync } from '@reftable/io/node';
import { isReftableError, ReftableError } from '@reftable/varint';
import type { RepairableLog, RepairableLogSync } from './recovery.js';
import type { LogStorage, LogStorageSync } from './storage.js';

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/** Opening a FIFO must not wait for somebody at its other end. (On Windows the flag is undefined, so 0 here.) */
const READ = O_RDONLY | O_NONBLOCK;
const REPAIR = O_RDWR | O_NONBLOCK;
/** A log has one writer in its life: that it makes the file itself is what keeps a second one away. */
const CREATE = O_RDWR | O_CREAT | O_EXCL;

/** What a closed `FileHandle`, too, has for its number. */
const CLOSED = -1;

/** The file of a log: to be written, read, also while it is written, or cut. */
export class LogFile implements LogStorage, RepairableLog {
  readonly name: string;
  readonly #handle: FileHandle;
  #size: number;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.name = path;
    this.#handle = handle;
    this.#size = size;
  }

  /**
   * Makes the file of a new log, and makes its name last, so that it is there as soon as anything in it is.
   * @throws `LOG_EXISTS` (misuse) if there is anything of that name; `FILE_OPEN` (io)
   */
  static async create(path: string): Promise<LogFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, CREATE);
      await syncFolder(dirname(path));
      return new LogFile(path, handle, 0);
    } catch (error) {
      await handle?.close();
      throw notOpened(path, error);
    }
  }

  /** Opens a log to read it. @throws `FILE_NOT_FOUND` (not-found), `FILE_OPEN` (io), `NOT_A_FILE` (io) */
  static open(path: string): Promise<LogFile> {
    return LogFile.#openAs(path, READ);
  }

  /** Opens a log to cut it, where that must be. @throws as {@link open} */
  static openToRepair(path: string): Promise<LogFile> {
    return LogFile.#openAs(path, REPAIR);
  }

  static async #openAs(path: string, flags: number): Promise<LogFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, flags);
      const stats = await handle.stat();
      if (!stats.isFile()) throw notAFile(path);
      return new LogFile(path, handle, stats.size);
    } catch (error) {
      await handle?.close();
      throw notOpened(path, error);
    }
  }

  /** Bytes of the file: as many as it had when it was opened or looked at last, and those written here. */
  get size(): number {
    return this.#size;
  }

  /** @throws `SOURCE_CLOSED` (misuse) */
  async refresh(): Promise<void> {
    this.#size = (await this.#open().stat()).size;
  }

  /** @throws `SOURCE_READ` (io), `SOURCE_CLOSED` (misuse) */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const handle = this.#open();
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const count = await handle.read(bytes, done, length - done, offset + done).then(
        ({ bytesRead }) => bytesRead,
        (cause: unknown) => {
          throw unreadable(this.name, offset + done, cause);
        },
      );
      if (count === 0) throw unreadable(this.name, offset + done);
      done += count;
    }
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const handle = this.#open();
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  async sync(): Promise<void> {
    await this.#open().datasync();
  }

  async truncate(size: number): Promise<void> {
    await this.#open().truncate(size);
    this.#size = size;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #open(): FileHandle {
    if (this.#handle.fd === CLOSED) throw closed(this.name);
    return this.#handle;
  }
}

/** The sync face of {@link LogFile}. */
export class LogFileSync implements LogStorageSync, RepairableLogSync {
  readonly name: string;
  #fd: number;
  #size: number;

  private constructor(path: string, fd: number, size: number) {
    this.name = path;
    this.#fd = fd;
    this.#size = size;
  }

  /** As {@link LogFile.create}. */
  static create(path: string): LogFileSync {
    let fd = CLOSED;
    try {
      fd = openSync(path, CREATE);
      syncFolderSync(dirname(path));
      return new LogFileSync(path, fd, 0);
    } catch (error) {
      if (fd !== CLOSED) closeSync(fd);
      throw notOpened(path, error);
    }
  }

  /** As {@link LogFile.open}. */
  static open(path: string): LogFileSync {
    return LogFileSync.#openAs(path, READ);
  }

  /** As {@link LogFile.openToRepair}. */
  static openToRepair(path: string): LogFileSync {
    return LogFileSync.#openAs(path, REPAIR);
  }

  static #openAs(path: string, flags: number): LogFileSync {
    let fd = CLOSED;
    try {
      fd = openSync(path, flags);
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw notAFile(path);
      return new LogFileSync(path, fd, stats.size);
    } catch (error) {
      if (fd !== CLOSED) closeSync(fd);
      throw notOpened(path, error);
    }
  }

  /** As {@link LogFile.size}. */
  get size(): number {
    return this.#size;
  }

  /** As {@link LogFile.refresh}. */
  refreshSync(): void {
    this.#size = fstatSync(this.#open()).size;
  }

  /** As {@link LogFile.read}. */
  readSync(offset: number, length: number): Uint8Array {
    const fd = this.#open();
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      let count: number;
      try {
        count = readSync(fd, bytes, done, length - done, offset + done);
      } catch (cause) {
        throw unreadable(this.name, offset + done, cause);
      }
      if (count === 0) throw unreadable(this.name, offset + done);
      done += count;
    }
    return bytes;
  }

  writeSync(bytes: Uint8Array): void {
    const fd = this.#open();
    for (let done = 0; done < bytes.length; ) {
      const count = writeSync(fd, bytes, done, bytes.length - done, this.#size);
      done += count;
      this.#size += count;
    }
  }

  syncSync(): void {
    fdatasyncSync(this.#open());
  }

  truncateSync(size: number): void {
    ftruncateSync(this.#open(), size);
    this.#size = size;
  }

  closeSync(): void {
    // Once only, and never used again: the number may belong to another file by then.
    const fd = this.#fd;
    this.#fd = CLOSED;
    if (fd !== CLOSED) closeSync(fd);
  }

  /** Node takes the number of a closed file for a fault of the program, and says so with a RangeError. */
  #open(): number {
    if (this.#fd === CLOSED) throw closed(this.name);
    return this.#fd;
  }
}

function notOpened(path: string, cause: unknown): ReftableError {
  if (isReftableError(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EEXIST') return new ReftableError('misuse', 'LOG_EXISTS', 'exists: a log is written once, and not gone on with', { file: path, cause });
  // A folder can be opened to be read, and is found out later; to be written to it can't.
  if (code === 'EISDIR') return notAFile(path);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: path, cause })
    : new ReftableError('io', 'FILE_OPEN', `can not be opened (${code ?? message})`, { file: path, cause });
}

function notAFile(path: string): ReftableError {
  return new ReftableError('io', 'NOT_A_FILE', 'not a regular file', { file: path });
}

function closed(path: string): ReftableError {
  return new ReftableError('misuse', 'SOURCE_CLOSED', 'file is closed', { file: path });
}

function unreadable(path: string, offset: number, cause?: unknown): ReftableError {
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const why = cause === undefined ? 'file is shorter than it was' : `can not be read (${String(code ?? message)})`;
  return new ReftableError('io', 'SOURCE_READ', why, { offset, file: path, cause });
}
