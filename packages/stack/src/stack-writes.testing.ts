/* What the tests of writing share: both faces as one, records, and storages that tell what is asked of them, or fail. */
import type { BlockSource, BlockSourceSync, BytesSource } from '@reftable/io';
import { expect } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import type { Durability, StackOptions } from './options.js';
import { openStack, type Stack } from './stack.js';
import { openStackSync } from './stack-sync.js';
import { oid } from './stack.testing.js';
import type { HeldFile, NewFile, ReadFile, StackStorage, StackStorageSync } from './storage.js';
import { formatTableList } from './table-list.js';
import { kindOfFile, LIST_NAME, LOCK_SUFFIX } from './table-name.js';
import type { LogChange, RefChange } from './transaction.js';

/** A storage for both faces. */
export type AnyStorage = StackStorage & StackStorageSync;

/** Opens a stack: the face that a test is run with. */
export type Opener = (storage: AnyStorage, options?: StackOptions) => Promise<Stack>;

/** Both faces, for `describe.each`. What the sync one gives at once can be awaited, and iterated, like what the async one gives later. */
export const faces: readonly (readonly [face: string, open: Opener])[] = [
  ['async', (storage, options) => openStack(storage, options)],
  ['sync', (storage, options) => Promise.resolve().then(() => openStackSync(storage, options) as unknown as Stack)],
];

/** The error of what must fail, at once or later. */
export async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return expect.fail('it did not fail');
}

export function direct(name: string, id: number, size?: number): RefChange {
  return { name, kind: 'direct', oid: oid(id, size) };
}

export function entry(ref: string, id: number, time = 1_500_000_000 + id): LogChange {
  const who = { name: 'A', email: 'a@example.invalid', time, timeZone: 60 };
  return { ref, kind: 'update', oldOid: oid(id - 1), newOid: oid(id), ...who, message: `change ${id}\n` };
}

/** Writes a ref, and an entry of its log, in a transaction of their own. */
export async function put(stack: Stack, name: string, id = 1): Promise<void> {
  await stack.transaction((transaction) => {
    transaction.addRef(direct(name, id));
    transaction.addLog(entry(name, id));
  });
}

/** Writes a ref for each name, one after the other, and leaves a table for each. */
export async function putEach(open: Opener, storage: AnyStorage, names: readonly string[], durability: Durability = 'full'): Promise<void> {
  const stack = await open(storage, { autoCompaction: false, durability });
  for (const [index, name] of names.entries()) await put(stack, name, index + 1);
  stack.close();
}

/** A stack of one table, in whose midst a block is damaged: nobody has looked there. */
export async function damagedStorage(open: Opener): Promise<{ readonly storage: MemoryStorage; readonly table: string }> {
  const storage = new MemoryStorage();
  const writer = await open(storage, { layout: { blockSize: 100 } });
  await writer.transaction((transaction) => {
    for (let at = 0; at < 20; at++) transaction.addRef(direct(`a${at}`, at));
  });
  const [table] = listed(storage);
  storage.openSync(table!).readSync(0, 400).fill(0xff, 210, 300);
  return { storage, table: table! };
}

/** All names of refs, of either face. */
export async function namesIn(stack: Pick<Stack, 'names'>): Promise<string[]> {
  const names: string[] = [];
  for await (const name of stack.names()) names.push(name);
  return names;
}

/** All names of files, and what is in them. */
export function contentOf(storage: AnyStorage): Map<string, string> {
  const files = storage.listSync().map(({ name }) => name);
  return new Map(files.sort().map((name) => [name, latin1(storage, name)]));
}

function latin1(storage: AnyStorage, name: string): string {
  const source = storage.openSync(name);
  const text = Buffer.from(source.readSync(0, source.size)).toString('latin1');
  source.closeSync();
  return text;
}

/** The names in the list, as it is now. */
export function listed(storage: AnyStorage): string[] {
  return latin1(storage, LIST_NAME).split('\n').filter(Boolean);
}

/** Puts a table of these bytes into the storage, and its name at the end of the list. */
export function append(storage: AnyStorage, name: string, bytes: Uint8Array): void {
  const file = storage.createSync(name);
  storage.writeSync(file, bytes);
  storage.closeSync(file);
  setList(storage, [...(storage.existsSync(LIST_NAME) ? listed(storage) : []), name]);
}

/** Puts another list in the place of the present one. */
export function setList(storage: AnyStorage, names: readonly string[]): void {
  const lock = storage.createSync(LIST_NAME + LOCK_SUFFIX);
  storage.writeSync(lock, formatTableList(names));
  storage.letGoSync(storage.publishSync(lock, LIST_NAME, []));
}

/** The names of files that are neither the list nor in it. */
export function strays(storage: AnyStorage): string[] {
  const names = storage.listSync().map(({ name }) => name);
  const known = names.includes(LIST_NAME) ? [LIST_NAME, ...listed(storage)] : [];
  return names.filter((name) => !known.includes(name));
}

/** Something that was asked of a storage. */
export interface Call {
  /** Its name in the async face. */
  readonly operation: string;
  /** The files that it is about. */
  readonly names: readonly string[];
  /** The operation and its files in words that are the same whenever it is run. */
  readonly text: string;
}

/**
 * A storage that calls `before` ahead of each operation, which may throw, and so keep it from being done; and `after` behind it, which may
 * throw though it was done.
 */
export function watched<S extends object>(storage: S, before: (call: Call) => void, after: (call: Call) => void = () => undefined): S {
  return new Proxy(storage, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const call = callOf(String(property), args);
        before(call);
        const result: unknown = Reflect.apply(value, target, args);
        if (!(result instanceof Promise)) {
          after(call);
          return result;
        }
        return result.then((answer: unknown) => {
          after(call);
          return answer;
        });
      };
    },
  });
}

function callOf(property: string, args: readonly unknown[]): Call {
  const operation = property.replace(/Sync$/, '');
  const names = args.flatMap((arg) => {
    if (typeof arg === 'string') return [arg];
    const name = (arg as Partial<NewFile> | undefined)?.name;
    return typeof name === 'string' ? [name] : [];
  });
  return { operation, names, text: [operation, ...names.map(plainName)].join(' ') };
}

function plainName(name: string): string {
  if (name.endsWith(LOCK_SUFFIX)) return plainName(name.slice(0, -LOCK_SUFFIX.length)) + LOCK_SUFFIX;
  const kind = kindOfFile(name);
  return kind === 'table' || kind === 'temporary' ? kind : name;
}

/** A storage whose tables are read piece by piece, as large ones are, and which tells of each read. */
export function piecewise(storage: AnyStorage, onRead: () => void): AnyStorage {
  const source = (name: string): BlockSource & BlockSourceSync => {
    const whole = storage.openSync(name);
    const readSync = (offset: number, length: number): Uint8Array => {
      onRead();
      return whole.readSync(offset, length);
    };
    const closeSync = (): void => whole.closeSync();
    return { size: whole.size, name: whole.name, read: readSync, readSync, close: closeSync, closeSync };
  };
  return new Proxy(storage, {
    get: (target, property) => (property === 'open' || property === 'openSync' ? source : Reflect.get(target, property, target)) as unknown,
  });
}

/** A stack in memory that knows what is open. */
export class CountingStorage extends MemoryStorage {
  /** How many sources are open. */
  sources = 0;
  /** How many files are held. */
  held = 0;

  override openSync(name: string): BytesSource {
    const source = super.openSync(name);
    this.sources++;
    let isOpen = true;
    source.close = () => {
      if (isOpen) this.sources--;
      isOpen = false;
    };
    return source;
  }

  override holdSync(name: string): ReadFile {
    const file = super.holdSync(name);
    this.held++;
    return file;
  }

  override publishSync(file: NewFile, to: string): HeldFile {
    const published = super.publishSync(file, to);
    this.held++;
    return published;
  }

  override letGoSync(): void {
    this.held--;
  }
}

/** Makes each of a storage's async answers come later, so that what is done at the same time is interleaved. */
export function slow(storage: MemoryStorage): MemoryStorage {
  return new Proxy(storage, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || String(property).endsWith('Sync')) return value;
      return async (...args: unknown[]): Promise<unknown> => {
        // What changes names is done when the call returns.
        const isNaming = ['create', 'rename', 'publish', 'discard', 'remove'].includes(String(property));
        if (!isNaming) await new Promise(setImmediate);
        const answer: unknown = Reflect.apply(value, target, args);
        if (isNaming) await new Promise(setImmediate);
        return answer;
      };
    },
  });
}
