/* The door `/deflate`: zlib streams, for containers that hold such blocks. */
import { inflate as inflateStream } from '#zlib';
import type { Inflated } from './zlib.js';

export { deflate } from '#zlib';

/** DEFLATE can't make more than this many bytes from one: a stream that is to make more is refused before memory is taken. */
const MAX_INFLATION = 1032;

/**
 * Inflates the zlib stream that starts at `input[start]`, and puts a copy of `front` before that.
 * Undefined if the stream is damaged or truncated, or does not inflate to `length` bytes: that takes no memory for more than these.
 */
export function inflate(input: Uint8Array, start: number, front: Uint8Array, length: number): Inflated | undefined {
  return length <= (input.length - start) * MAX_INFLATION ? inflateStream(input, start, front, length) : undefined;
}
