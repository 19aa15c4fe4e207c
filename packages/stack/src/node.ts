/* The door `/node`: all that there is, and what needs Node. */
export * from './index.js';
export { FolderStorage, type FolderOptions } from './folder-storage.node.js';
export { ReadableFolder } from './readable-folder.node.js';
export { releaseLocks } from './held-files.node.js';
export type { SharedRepository } from './shared-mode.js';
