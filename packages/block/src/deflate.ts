/* The door `/deflate`: zlib streams, for containers that hold such blocks. */
export { deflate, inflate } from '#zlib';
