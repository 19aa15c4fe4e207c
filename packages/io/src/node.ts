export { FileSource, FileSourceSync, identityOf } from './file-source.node.js';
