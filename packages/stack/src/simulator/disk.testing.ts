/*
 * A simulated file system with one flat folder. Names lead to inodes; for both it is known what would be left after a loss of power:
 * of an inode the content that it had when it was last synced, of the names those at the last sync of the folder, and the changes since.
 */
import { Contents, Hasher, Texts } from './intern.testing.js';

/** A file's content, under whatever name. Never changed: a write puts another in its place. */
export interface Inode {
  readonly number: number;
  /** Number of its content. */
  readonly content: number;
  /** Number of the content that it was last synced with; undefined: never. */
  readonly synced: number | undefined;
  /** What the file system tells it by. */
  readonly identity: number | undefined;
}

/** A change of names that was not synced yet. A rename is one change, as on every file system with a journal. */
export interface NameChange {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly inode: number;
}

/**
 * What a file system tells of a file's identity: a number that never comes back, nothing, or a number that comes back once nobody holds the
 * file any more.
 */
export type Identities = 'unique' | 'none' | 'reused';

/** What all states of one simulation's disk share. */
export class Platform {
  readonly contents = new Contents();
  readonly texts = new Texts();
  readonly empty = this.contents.number(new Uint8Array(0));
  readonly identities: Identities;

  constructor(identities: Identities) {
    this.identities = identities;
  }
}

/** Why an operation failed. */
export type Failure = 'FILE_EXISTS' | 'FILE_NOT_FOUND' | 'LOCK_LOST' | 'EIO' | 'ENOSPC' | 'EACCES';

/** Of one name and its inode, at a time. */
const entry = new Hasher();

/** A state of the disk. It is changed in place; who wants to keep it makes a copy first. */
export class Disk {
  readonly platform: Platform;
  readonly names: Map<string, number>;
  readonly syncedNames: Map<string, number>;
  changes: readonly NameChange[];
  readonly #inodes: Map<number, Inode>;

  constructor(platform: Platform, names: Iterable<[string, number]> = [], inodes: Iterable<[number, Inode]> = []) {
    this.platform = platform;
    this.names = new Map(names);
    this.syncedNames = new Map(this.names);
    this.changes = [];
    this.#inodes = new Map(inodes);
  }

  copy(): Disk {
    const copy = new Disk(this.platform, this.names, this.#inodes);
    copy.syncedNames.clear();
    for (const [name, number] of this.syncedNames) copy.syncedNames.set(name, number);
    copy.changes = this.changes;
    return copy;
  }

  inode(number: number): Inode {
    return this.#inodes.get(number)!;
  }

  find(name: string): Inode | undefined {
    const number = this.names.get(name);
    return number === undefined ? undefined : this.inode(number);
  }

  /** @param held inodes that processes have open */
  create(name: string, number: number, held: readonly number[]): Failure | undefined {
    if (this.names.has(name)) return 'FILE_EXISTS';
    this.#inodes.set(number, { number, content: this.platform.empty, synced: undefined, identity: this.#identity(number, held) });
    this.#change({ from: undefined, to: name, inode: number });
    return undefined;
  }

  write(number: number, content: number): void {
    const inode = this.inode(number);
    this.#inodes.set(number, { ...inode, content: this.platform.contents.joined(inode.content, content) });
  }

  sync(number: number): void {
    const inode = this.inode(number);
    this.#inodes.set(number, { ...inode, synced: inode.content });
  }

  rename(from: string, to: string): Failure | undefined {
    if (this.names.has(to)) return 'FILE_EXISTS';
    const number = this.names.get(from);
    if (number === undefined) return 'FILE_NOT_FOUND';
    this.#change({ from, to, inode: number });
    return undefined;
  }

  /** @param from the name that the file was created under */
  publish(number: number, from: string, to: string): Failure | undefined {
    if (this.names.get(from) !== number) return 'LOCK_LOST';
    this.#change({ from, to, inode: number });
    return undefined;
  }

  discard(number: number, name: string): void {
    if (this.names.get(name) === number) this.remove(name);
  }

  remove(name: string): void {
    const number = this.names.get(name);
    if (number !== undefined) this.#change({ from: name, to: undefined, inode: number });
  }

  syncNames(): void {
    this.changes = [];
    this.syncedNames.clear();
    for (const [name, number] of this.names) this.syncedNames.set(name, number);
  }

  /** As it would be if the power had gone: these names with these contents are left, and all is synced. */
  after(names: ReadonlyMap<string, number>, contents: ReadonlyMap<number, number>): Disk {
    const inodes: [number, Inode][] = [];
    for (const number of names.values()) {
      const content = contents.get(number) ?? this.inode(number).content;
      inodes.push([number, { ...this.inode(number), content, synced: content }]);
    }
    return new Disk(this.platform, names, inodes);
  }

  /** Puts all that may matter from now on into a hash. */
  hash(into: Hasher): void {
    into.putLong(this.#hashOf(this.names)).putLong(this.#hashOf(this.syncedNames));
    for (const { from, to, inode } of this.changes) {
      into.put(this.#textNumber(from)).put(this.#textNumber(to));
      this.#hashInode(inode, into);
    }
  }

  #change(change: NameChange): void {
    applyChange(this.names, change);
    this.changes = [...this.changes, change];
  }

  /** The same in whatever order the names were made. */
  #hashOf(names: ReadonlyMap<string, number>): number {
    let sum = 0;
    for (const [name, number] of names) {
      entry.reset().put(this.#textNumber(name));
      this.#hashInode(number, entry);
      sum = (sum + entry.value) % 2 ** 53;
    }
    return sum;
  }

  #hashInode(number: number, into: Hasher): void {
    const { content, synced = -1, identity = -1 } = this.inode(number);
    into.put(number).put(content).put(synced).put(identity);
  }

  #textNumber(text: string | undefined): number {
    return text === undefined ? -1 : this.platform.texts.number(text);
  }

  #identity(number: number, held: readonly number[]): number | undefined {
    if (this.platform.identities === 'none') return undefined;
    if (this.platform.identities === 'unique') return number;
    const inUse = new Set([...this.names.values(), ...held].map((other) => this.#inodes.get(other)?.identity));
    for (let identity = 1; ; identity++) if (!inUse.has(identity)) return identity;
  }
}

/** Does to names what a change says. What it starts from may not be there: the change that made it may be lost. */
export function applyChange(names: Map<string, number>, { from, to, inode }: NameChange): void {
  if (from !== undefined && names.get(from) === inode) names.delete(from);
  if (to !== undefined) names.set(to, inode);
}
