export { openStack, openStackSync, Stack, StackSync, type StackTable } from './stack.js';
export type { StackStorage, StackStorageSync } from './storage.js';
export { DirectoryStorage } from './directory-storage.js';
export { LIST_NAME, parseTableList } from './table-list.js';
