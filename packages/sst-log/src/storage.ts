/* What writers ask of the place where a log is kept. */

/** Where a log is written to, from its start to its end. */
export interface LogStorage {
  /** What errors call it: a file's path; undefined where it has no name. */
  readonly name: string | undefined;
  /** Bytes in it, where it can tell: a writer refuses one that is not empty. */
  readonly size?: number;
  /** Adds bytes to the end: all of them, or it fails. They are the writer's again afterwards. */
  write(bytes: Uint8Array): Promise<void> | void;
  /** Makes what was written last, whatever happens to the machine: it must not return before that is so. */
  sync(): Promise<void> | void;
  /** Frees what the storage holds; a second time does nothing. */
  close(): Promise<void> | void;
}

/** Where a log is written to, for the sync faces. */
export interface LogStorageSync {
  /** As {@link LogStorage.name}. */
  readonly name: string | undefined;
  /** As {@link LogStorage.size}. */
  readonly size?: number;
  /** As {@link LogStorage.write}. */
  writeSync(bytes: Uint8Array): void;
  /** As {@link LogStorage.sync}. */
  syncSync(): void;
  /** As {@link LogStorage.close}. */
  closeSync(): void;
}

/** "Add these bytes." */
export class WriteRequest {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What a writer's core asks for. */
export type StorageRequest = WriteRequest | 'sync' | 'close';

/** Answers a request from a storage. */
export function performStorage(storage: LogStorage, request: StorageRequest): Promise<void> | void {
  if (request instanceof WriteRequest) return storage.write(request.bytes);
  return request === 'sync' ? storage.sync() : storage.close();
}

/** As {@link performStorage}, synchronously. */
export function performStorageSync(storage: LogStorageSync, request: StorageRequest): void {
  if (request instanceof WriteRequest) storage.writeSync(request.bytes);
  else if (request === 'sync') storage.syncSync();
  else storage.closeSync();
}
