export { FileSource, FileSourceSync, identityOf } from './file-source.node.js';
export { syncFolder, syncFolderSync } from './sync-folder.node.js';
