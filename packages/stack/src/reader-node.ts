/* The door `/reader/node`: stacks that are only read, and their folder in Node. */
export * from './reader.js';
export { ReadableFolder } from './readable-folder.node.js';
