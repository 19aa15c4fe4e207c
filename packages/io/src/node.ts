export { FileSource, FileSourceSync } from './file-source.node.js';
