export { ByteReader } from './reader.js';
export { copyShort, hasBytesAt, sharedLength } from './short-bytes.js';
export { ByteWriter } from './writer.js';
