/* Deflating and inflating log blocks with Node's zlib (in Deno and Bun too). `zlib.ts` is its double. */
import type * as Zlib from 'node:zlib';
import type { Inflated } from './zlib.js';

/** Loaded with the first log block: most who want a ref meet none. */
let zlib: typeof Zlib | undefined;

function loadZlib(): typeof Zlib {
  return (zlib ??= process.getBuiltinModule('node:zlib'));
}

/** A zlib stream (RFC 1950) of `bytes`, at level 9. It may be longer than its input. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return loadZlib().deflateSync(bytes, { level: 9 });
}

/**
 * Inflates the zlib stream that starts at `input[start]`, and puts a copy of `front` before that.
 * Undefined if the stream is damaged or truncated, or does not inflate to `length` bytes: that takes no memory for more than these.
 */
export function inflate(input: Uint8Array, start: number, front: Uint8Array, length: number): Inflated | undefined {
  const { inflateSync } = loadZlib();
  try {
    // A byte more than is promised: what fills its memory is given as much again.
    const options = { info: true, maxOutputLength: Math.max(length, 1), chunkSize: Math.max(length + 1, 64) };
    const { buffer, engine } = inflateSync(input.subarray(start), options) as unknown as Answer;
    if (buffer.length !== length) return undefined;
    const bytes = new Uint8Array(front.length + length);
    bytes.set(front);
    bytes.set(buffer, front.length);
    return { bytes, end: start + engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** What zlib answers with `info`: the engine has counted the input that it used. */
interface Answer {
  readonly buffer: Uint8Array;
  readonly engine: Zlib.Inflate;
}
