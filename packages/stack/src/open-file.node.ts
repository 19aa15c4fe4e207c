import { closeSync, fstatSync, type BigIntStats } from 'node:fs';
import { identityOf } from '@reftable/io/node';
import type { HeldFile, NewFile } from './storage.js';

const CLOSED = -1;

/** A file that this process has created: while it is written, and while it is held as the list. */
export class OpenFile implements NewFile, HeldFile {
  readonly name: string;
  readonly #stats: BigIntStats;
  #identity: string | undefined;
  #fd: number;

  constructor(name: string, fd: number) {
    this.name = name;
    this.#fd = fd;
    this.#stats = fstatSync(fd, { bigint: true });
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

  /** Whether these are of the same file, whatever it contains by now. Where there are no inode numbers, nobody can tell otherwise. */
  isSame({ dev, ino }: BigIntStats): boolean {
    return ino === this.#stats.ino && (ino === 0n || dev === this.#stats.dev);
  }

  /** Fixes the identity: the content is all there. */
  settle(): void {
    this.#identity = identityOf(fstatSync(this.#fd, { bigint: true }));
  }

  /** Closes it; a second time does nothing. */
  close(): void {
    const fd = this.#fd;
    this.#fd = CLOSED;
    if (fd !== CLOSED) closeSync(fd);
  }
}
