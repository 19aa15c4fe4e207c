import { close, closeSync, fstatSync, lstatSync, openSync, unlinkSync, type BigIntStats } from 'node:fs';
import { identityOf } from '@reftable/io/node';
import { KEEPS_OPEN } from './persistence.node.js';
import type { HeldFile, NewFile } from './storage.js';

const CLOSED = -1;

/** A file that this process has created: while it is written, and while it is held as the list. */
export class OpenFile implements NewFile, HeldFile {
  readonly name: string;
  readonly #stats: BigIntStats;
  #identity: string | undefined;
  #fd: number;

  private constructor(name: string, fd: number, stats: BigIntStats) {
    this.name = name;
    this.#fd = fd;
    this.#stats = stats;
  }

  /** Creates a file that must not exist, with the permission bits that the umask leaves. */
  static create(path: string, name: string): OpenFile {
    const fd = openSync(path, 'wx', 0o666);
    try {
      return new OpenFile(name, fd, fstatSync(fd, { bigint: true }));
    } catch (error) {
      closeSync(fd);
      unlinkSync(path);
      throw error;
    }
  }

  /** Its descriptor. */
  get fd(): number {
    return this.#fd;
  }

  get identity(): string | undefined {
    return this.#identity;
  }

  /** Its type and permission bits. */
  get mode(): number {
    return Number(this.#stats.mode);
  }

  /** Whether it is what has this path, whatever it contains by now. Where there are no inode numbers, nobody can tell otherwise. */
  isAt(path: string): boolean {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return false;
    const { dev, ino } = stats;
    return ino === this.#stats.ino && (ino === 0n || dev === this.#stats.dev);
  }

  /** The content is all there: fixes the identity. Where it can't be kept open, another file may get that, so it has none. */
  settle(): void {
    if (KEEPS_OPEN) this.#identity = identityOf(fstatSync(this.#fd, { bigint: true }));
    else this.close();
  }

  /** Closes it; a second time does nothing. */
  close(): void {
    const fd = this.#release();
    if (fd !== CLOSED) closeSync(fd);
  }

  /**
   * Closes it in a thread. A file that was replaced is deleted when it is closed, and for that the system may wait until what was written to it
   * is on its way to the disk: most of the time of a transaction.
   */
  closeLater(): void {
    const fd = this.#release();
    if (fd !== CLOSED) close(fd, () => undefined);
  }

  #release(): number {
    const fd = this.#fd;
    this.#fd = CLOSED;
    return fd;
  }
}
