/* The door `/deflate`: zlib streams, for containers that hold such blocks. */
export { deflate, inflateInto } from '#zlib';
