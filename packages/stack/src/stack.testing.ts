/* What the tests of this package share: stacks in memory that tell what is open and can change at any moment. */
import type { BlockSource, BlockSourceSync } from '@reftable/io';
import { writeTable, type TableOptions } from '@reftable/table';
import { ReftableError } from '@reftable/varint';
import type { HeldFile, ReadableStorage, ReadableStorageSync, ReadFile } from './storage.js';

export function oid(number: number, size = 20): string {
  return number.toString(16).padStart(size * 2, '0');
}

/** A table of one update index. */
export function tableOf(updateIndex: number | bigint, names: readonly string[], options: Partial<TableOptions> = {}): Uint8Array {
  const size = options.hash === 'sha256' ? 32 : 20;
  const id = oid(Number(BigInt(updateIndex) % 1_000_000n), size);
  const refs = names.map((name) => ({ name, updateIndex, kind: 'direct' as const, oid: id }));
  return writeTable({ refs }, { minUpdateIndex: updateIndex, maxUpdateIndex: updateIndex, ...options });
}

/** Files in memory. Async answers come later than at once. */
export class WatchedStorage implements ReadableStorage, ReadableStorageSync {
  readonly name = 'memory';
  readonly files = new Map<string, Uint8Array>();
  /** The names of what is open. */
  readonly stillOpen: string[] = [];
  /** The names of all that was opened. */
  readonly opened: string[] = [];
  /** Called before a file is opened. */
  onOpen: (name: string) => void = () => undefined;

  /** Tables by name, listed in this order. */
  constructor(tables: Readonly<Record<string, Uint8Array>> = {}) {
    for (const [name, bytes] of Object.entries(tables)) this.files.set(name, bytes);
    this.setList(Object.keys(tables));
  }

  setList(names: readonly string[]): void {
    this.files.set('tables.list', new TextEncoder().encode(names.map((name) => `${name}\n`).join('')));
  }

  openSync(name: string): BlockSourceSync {
    this.onOpen(name);
    this.opened.push(name);
    const file = `${this.name}/${name}`;
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file });
    this.stillOpen.push(name);
    let isOpen = true;
    return {
      size: bytes.length,
      name: file,
      readSync: (offset, length) => {
        if (!isOpen) throw new ReftableError('misuse', 'SOURCE_CLOSED', 'source is closed', { file });
        return bytes.subarray(offset, offset + length);
      },
      closeSync: () => {
        if (isOpen) this.stillOpen.splice(this.stillOpen.indexOf(name), 1);
        isOpen = false;
      },
    };
  }

  holdSync(name: string): ReadFile {
    const source = this.openSync(name);
    return { bytes: source.readSync(0, source.size), identity: undefined, close: () => source.closeSync() } as ReadFile;
  }

  letGoSync(file: HeldFile): void {
    (file as HeldFile & { close(): void }).close();
  }

  identifySync(): undefined {
    return undefined;
  }

  hold(name: string): Promise<ReadFile> {
    return Promise.resolve().then(() => this.holdSync(name));
  }

  letGo(file: HeldFile): void {
    this.letGoSync(file);
  }

  identify(): undefined {
    return undefined;
  }

  async open(name: string): Promise<BlockSource> {
    const source = await Promise.resolve().then(() => this.openSync(name));
    return {
      size: source.size,
      name: source.name,
      read: (offset, length) => Promise.resolve().then(() => source.readSync(offset, length)),
      close: () => Promise.resolve().then(() => source.closeSync()),
    };
  }
}

/** All that an async iterable gives. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of iterable) found.push(item);
  return found;
}
