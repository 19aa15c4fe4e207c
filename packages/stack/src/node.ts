export { FolderStorage, type FolderOptions } from './folder-storage.node.js';
export { releaseLocks } from './held-files.node.js';
export type { SharedRepository } from './shared-mode.js';
