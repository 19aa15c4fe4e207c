/* The door `/reader`: stacks that are only read. */
export { openStackReader, StackReader, type Abortable, type StackReaderOptions } from './stack-reader.js';
export { openStackReaderSync, StackReaderSync } from './stack-reader-sync.js';
export { StackSnapshot, StackSnapshotSync } from './snapshot.js';
export type { StackTable } from './stack-table.js';
export type { OpenTableCore, ReadableFormat } from './table-format.js';
export type { HeldFile, ReadableStorage, ReadableStorageSync, ReadFile } from './storage.js';
export { DirectoryStorage } from './directory-storage.js';
