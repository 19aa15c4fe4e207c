import { BytesSource } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import type { HeldFile, NewFile, ReadFile, StackStorage, StackStorageSync, StoredFile } from './storage.js';

/** The content of a file, under whatever name. */
class Entry implements ReadFile {
  readonly identity: string;
  readonly content = new ByteWriter();
  written = Date.now();

  constructor(identity: string) {
    this.identity = identity;
  }

  get bytes(): Uint8Array {
    return this.content.view();
  }
}

class MemoryFile implements NewFile {
  readonly name: string;
  readonly entry: Entry;

  constructor(name: string, entry: Entry) {
    this.name = name;
    this.entry = entry;
  }
}

/** A stack in memory, for tests and for what need not last. */
export class MemoryStorage implements StackStorage, StackStorageSync {
  readonly name: string;
  readonly #files = new Map<string, Entry>();
  #created = 0;

  /** @param name what errors call it */
  constructor(name = 'memory') {
    this.name = name;
  }

  openSync(name: string): BytesSource {
    return new BytesSource(this.#find(name).bytes, this.#path(name));
  }

  holdSync(name: string): ReadFile {
    return this.#find(name);
  }

  letGoSync(): void {
    // Identities do not come back.
  }

  identifySync(name: string): string | undefined {
    return this.#find(name).identity;
  }

  createSync(name: string): NewFile {
    if (this.#files.has(name)) throw this.#exists(name);
    const entry = new Entry(String(++this.#created));
    this.#files.set(name, entry);
    return new MemoryFile(name, entry);
  }

  writeSync(file: NewFile, bytes: Uint8Array): void {
    const entry = entryOf(file);
    entry.content.bytes(bytes);
    entry.written = Date.now();
  }

  syncSync(): void {
    // Nothing lasts here.
  }

  closeSync(): void {
    // Nothing is open here.
  }

  renameSync(from: string, to: string): void {
    if (this.#files.has(to)) throw this.#exists(to);
    const entry = this.#files.get(from);
    if (entry === undefined) throw this.#lost(from);
    this.#files.set(to, entry);
    this.#files.delete(from);
  }

  publishSync(file: NewFile, to: string): HeldFile {
    const entry = entryOf(file);
    if (this.#files.get(file.name) !== entry) throw this.#lost(file.name);
    this.#files.set(to, entry);
    this.#files.delete(file.name);
    return entry;
  }

  discardSync(file: NewFile): void {
    if (this.#files.get(file.name) === entryOf(file)) this.#files.delete(file.name);
  }

  removeSync(name: string): void {
    this.#files.delete(name);
  }

  syncNamesSync(): void {
    // Nothing lasts here.
  }

  existsSync(name: string): boolean {
    return this.#files.has(name);
  }

  listSync(): StoredFile[] {
    const now = Date.now();
    return Array.from(this.#files, ([name, { bytes, written }]) => ({ name, size: bytes.length, age: now - written }));
  }

  open(name: string): BytesSource {
    return this.openSync(name);
  }
  hold(name: string): ReadFile {
    return this.holdSync(name);
  }
  letGo(): void {
    this.letGoSync();
  }
  identify(name: string): string | undefined {
    return this.identifySync(name);
  }
  create(name: string): NewFile {
    return this.createSync(name);
  }
  write(file: NewFile, bytes: Uint8Array): void {
    this.writeSync(file, bytes);
  }
  sync(): void {
    this.syncSync();
  }
  close(): void {
    this.closeSync();
  }
  rename(from: string, to: string): void {
    this.renameSync(from, to);
  }
  publish(file: NewFile, to: string): HeldFile {
    return this.publishSync(file, to);
  }
  discard(file: NewFile): void {
    this.discardSync(file);
  }
  remove(name: string): void {
    this.removeSync(name);
  }
  syncNames(): void {
    this.syncNamesSync();
  }
  exists(name: string): boolean {
    return this.existsSync(name);
  }
  list(): StoredFile[] {
    return this.listSync();
  }

  #find(name: string): Entry {
    const entry = this.#files.get(name);
    if (entry === undefined) throw new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: this.#path(name) });
    return entry;
  }

  #exists(name: string): ReftableError {
    return new ReftableError('locked', 'FILE_EXISTS', 'exists already', { file: this.#path(name) });
  }

  #lost(name: string): ReftableError {
    return new ReftableError('locked', 'LOCK_LOST', 'was removed by another process', { file: this.#path(name) });
  }

  #path(name: string): string {
    return `${this.name}/${name}`;
  }
}

function entryOf(file: NewFile): Entry {
  if (!(file instanceof MemoryFile)) throw new TypeError('a file of another storage');
  return file.entry;
}
