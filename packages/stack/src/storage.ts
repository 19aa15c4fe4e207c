/*
 * The place that a stack is kept in, as the protocol needs it: files by name, in one flat folder. A file system is one such place
 * (`FolderStorage`), memory another (`MemoryStorage`); what has no folders, or can't rename, may act as one.
 */
import type { BlockSource, BlockSourceSync } from '@reftable/io';

/** A file in the storage. */
export interface StoredFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** How long ago it was last written, in milliseconds, as far as the clocks of storage and machine agree. */
  readonly age: number;
}

/** A file that is held: as long as it is, nothing else gets its identity. */
export interface HeldFile {
  /**
   * What tells this file from every other that may take its name, and this content from what it may become; undefined where the storage
   * can't tell.
   */
  readonly identity: string | undefined;
}

/** A small file that was read whole, and is held. */
export interface ReadFile extends HeldFile {
  readonly bytes: Uint8Array;
}

/** A file that this process has created and not yet given away. */
export interface NewFile {
  /** The name that it was created under. */
  readonly name: string;
}

/** What a stack's sync face asks of a storage to read from it. */
export interface ReadableStorageSync {
  /** What errors call it: the folder's path. */
  readonly name: string;
  /** Opens the table of this name. It stays readable when it is removed. @throws `FILE_NOT_FOUND` (not-found) if there is none, another `ReftableError` if it can't be opened */
  openSync(name: string): BlockSourceSync;
  /** Reads a small file and holds it. @throws as `openSync` */
  holdSync(name: string): ReadFile;
  /** Lets go of what `holdSync` or `publishSync` returned. */
  letGoSync(file: HeldFile): void;
  /** The identity of the file that has this name now, as `holdSync` would give it; undefined where the storage can't tell. @throws `FILE_NOT_FOUND` */
  identifySync(name: string): string | undefined;
}

/** What a stack's sync face asks of a storage to write to it. Each call either does all that it says, or throws and has done nothing. */
export interface StackStorageSync extends ReadableStorageSync {
  /** Creates a file that must not exist. @throws `FILE_EXISTS` (locked), `FILE_WRITE` (io) */
  createSync(name: string): NewFile;
  /** Adds to the end of a file. The bytes are not the storage's to keep: they change when the call is over. */
  writeSync(file: NewFile, bytes: Uint8Array): void;
  /** Makes the content of a file last through a loss of power. */
  syncSync(file: NewFile): void;
  /** Ends writing to a file. */
  closeSync(file: NewFile): void;
  /**
   * Gives a file of this process, which is closed, another name, under which there must be none.
   * @throws `FILE_EXISTS`, `LOCK_LOST` (locked: it is gone), `FILE_WRITE`
   */
  renameSync(from: string, to: string): void;
  /**
   * Ends writing to a file and gives it another name, at once and in place of the file that had that name.
   * @param listed names of new files that are of use from then on; until then, this process has to remove them if it ends
   * @throws `LOCK_LOST` (locked) if the file no longer has the name that it was created under
   */
  publishSync(file: NewFile, to: string, listed: readonly string[]): HeldFile;
  /** Closes a file and removes it, if it still has the name that it was created under. */
  discardSync(file: NewFile): void;
  /** Removes a file. That it is gone already is no error. @throws `FILE_REMOVE` (io) */
  removeSync(name: string): void;
  /** Makes the names of files last through a loss of power. */
  syncNamesSync(): void;
  /** Whether there is a file of this name. */
  existsSync(name: string): boolean;
  /** All files, in no order. */
  listSync(): StoredFile[];
}

/** An answer, or the promise of one. */
export type Soon<T> = T | Promise<T>;

/** What a stack's async face asks of a storage to read from it: as {@link ReadableStorageSync}. */
export interface ReadableStorage {
  readonly name: string;
  open(name: string): Soon<BlockSource>;
  hold(name: string): Soon<ReadFile>;
  letGo(file: HeldFile): Soon<void>;
  identify(name: string): Soon<string | undefined>;
}

/**
 * What a stack's async face asks of a storage to write to it: as {@link StackStorageSync}. What creates, names or removes files may not
 * overlap with other code of this process: it is done when the call returns, whenever a promise settles. So what is held is known at
 * every instant, also to an exit handler.
 */
export interface StackStorage extends ReadableStorage {
  create(name: string): Soon<NewFile>;
  write(file: NewFile, bytes: Uint8Array): Soon<void>;
  sync(file: NewFile): Soon<void>;
  close(file: NewFile): Soon<void>;
  rename(from: string, to: string): Soon<void>;
  publish(file: NewFile, to: string, listed: readonly string[]): Soon<HeldFile>;
  discard(file: NewFile): Soon<void>;
  remove(name: string): Soon<void>;
  syncNames(): Soon<void>;
  exists(name: string): Soon<boolean>;
  list(): Soon<StoredFile[]>;
}
