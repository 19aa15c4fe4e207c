import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isReftableError, ReftableError } from '@reftable/varint';
import { sourceClosed, type BlockSource, type BlockSourceSync } from './source.js';

// O_NONBLOCK: opening a FIFO must not wait for somebody to write into it. (On Windows it is undefined, so 0 here.)
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** How a file is opened. */
export interface FileOptions {
  /** Whether a symbolic link at the end of the path is followed; if not, it is no regular file. Default true. (On Windows, always.) */
  readonly follow?: boolean;
}

/** What a `FileHandle`, too, has for its number once it is closed. */
const CLOSED = -1;

/** A regular file, read synchronously. */
export class FileSourceSync implements BlockSourceSync {
  readonly size: number;
  readonly name: string;
  /** As {@link identityOf} gives it. While the source is open, no other file gets it. */
  readonly identity: string | undefined;
  #fd: number;

  private constructor(path: string, fd: number, stats: BigIntStats) {
    this.name = path;
    this.#fd = fd;
    this.size = regularSize(path, stats);
    this.identity = identityOf(stats);
  }

  /** @throws `FILE_NOT_FOUND` (not-found), `FILE_OPEN` (io), `NOT_A_FILE` (io: a folder, FIFO, device, or a link that is not to be followed) */
  static open(path: string, options: FileOptions = {}): FileSourceSync {
    let fd = CLOSED;
    try {
      fd = openSync(path, flags(options));
      return new FileSourceSync(path, fd, fstatSync(fd, { bigint: true }));
    } catch (error) {
      if (fd !== CLOSED) closeSync(fd);
      throw notOpened(path, error, options);
    }
  }

  /** @throws `SOURCE_READ` (io), also where the file has become shorter; `SOURCE_CLOSED` (misuse) */
  readSync(offset: number, length: number): Uint8Array {
    if (this.#fd === CLOSED) throw sourceClosed(this);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      let count: number;
      try {
        count = readSync(this.#fd, bytes, done, length - done, offset + done);
      } catch (cause) {
        throw unreadable(this.name, offset + done, cause);
      }
      if (count === 0) throw unreadable(this.name, offset + done);
      done += count;
    }
    return bytes;
  }

  closeSync(): void {
    // Once only, and never read again: the number may belong to another file by then.
    const fd = this.#fd;
    this.#fd = CLOSED;
    if (fd !== CLOSED) closeSync(fd);
  }
}

/**
 * Closes what its source was lost with: otherwise Node would, with a warning, and later versions end the process for it. The registry holds the
 * handle, so that it outlives its source.
 */
const forgotten = new FinalizationRegistry<FileHandle>((handle) => void handle.close().catch(() => undefined));

/** A regular file, read asynchronously. One that is never closed is closed when it is collected as garbage. */
export class FileSource implements BlockSource {
  readonly size: number;
  readonly name: string;
  /** As {@link FileSourceSync.identity}. */
  readonly identity: string | undefined;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.name = path;
    this.#handle = handle;
    this.size = regularSize(path, stats);
    this.identity = identityOf(stats);
    forgotten.register(this, handle, this);
  }

  /** @throws as {@link FileSourceSync.open} */
  static async open(path: string, options: FileOptions = {}): Promise<FileSource> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, flags(options));
      return new FileSource(path, handle, await handle.stat({ bigint: true }));
    } catch (error) {
      await handle?.close();
      throw notOpened(path, error, options);
    }
  }

  /** @throws as {@link FileSourceSync.readSync} */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.#handle.fd === CLOSED) throw sourceClosed(this);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      let count: number;
      try {
        count = (await this.#handle.read(bytes, done, length - done, offset + done)).bytesRead;
      } catch (cause) {
        throw unreadable(this.name, offset + done, cause);
      }
      if (count === 0) throw unreadable(this.name, offset + done);
      done += count;
    }
    return bytes;
  }

  async close(): Promise<void> {
    forgotten.unregister(this);
    await this.#handle.close();
  }
}

function flags({ follow = true }: FileOptions): number {
  return follow ? FLAGS : FLAGS | constants.O_NOFOLLOW;
}

function regularSize(path: string, stats: BigIntStats): number {
  if (!stats.isFile()) throw notAFile(path);
  return Number(stats.size);
}

/**
 * What tells a file and its content from every other that has its path before or after it: device, inode, size, time of the last change of
 * the content. Undefined where the file system gives no inode numbers.
 */
export function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): string | undefined {
  return ino === 0n ? undefined : `${dev}:${ino}:${size}:${mtimeNs}`;
}

function notAFile(path: string, cause?: unknown): ReftableError {
  return new ReftableError('io', 'NOT_A_FILE', 'not a regular file', { file: path, cause });
}

function notOpened(path: string, cause: unknown, { follow = true }: FileOptions): ReftableError {
  if (isReftableError(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  // What POSIX and, in its place, FreeBSD say of a link that is not followed.
  if (!follow && (code === 'ELOOP' || code === 'EMLINK')) return notAFile(path, cause);
  // ENOTDIR: what should be a folder on the way there is something else.
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: path, cause })
    : new ReftableError('io', 'FILE_OPEN', `can not be opened (${reason(cause)})`, { file: path, cause });
}

function unreadable(path: string, offset: number, cause?: unknown): ReftableError {
  const why = cause === undefined ? 'file is shorter than it was' : `can not be read (${reason(cause)})`;
  return new ReftableError('io', 'SOURCE_READ', why, { offset, file: path, cause });
}

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
}
