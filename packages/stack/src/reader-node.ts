/* The door `/reader/node`: the folder of a stack that is only read, in Node. */
export { ReadableFolder } from './readable-folder.node.js';
