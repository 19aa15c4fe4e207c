export { FolderStorage } from './folder-storage.node.js';
