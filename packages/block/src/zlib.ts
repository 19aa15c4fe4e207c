/* Deflating and inflating log blocks where there is no zlib: in browsers and workers. `zlib.node.ts` is its double. */
import { zlibSync } from 'fflate';
import { inflateInto } from './inflate.js';

/** What was inflated, behind the bytes that were to stand in front of it; and the offset just past its stream. */
export interface Inflated {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** A zlib stream (RFC 1950) of `bytes`, at level 9. It may be longer than its input. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return zlibSync(bytes, { level: 9 });
}

/**
 * Inflates the zlib stream that starts at `input[start]`, and puts a copy of `front` before that.
 * Undefined if the stream is damaged or truncated, or does not inflate to `length` bytes: that takes no memory for more than these.
 */
export function inflate(input: Uint8Array, start: number, front: Uint8Array, length: number): Inflated | undefined {
  const bytes = new Uint8Array(front.length + length);
  bytes.set(front);
  const end = inflateInto(input, start, bytes.subarray(front.length));
  return end > 0 ? { bytes, end } : undefined;
}
