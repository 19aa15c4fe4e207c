/* Deflating and inflating log blocks with Node's zlib (in Deno and Bun too). `zlib.ts` is its double. */
import type * as Zlib from 'node:zlib';

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
 * Inflates the zlib stream that starts at `input[start]` into `out`, which it must fill exactly.
 * Returns the offset just past the stream, or -1 if it is damaged, truncated, or longer or shorter than `out`.
 */
export function inflateInto(input: Uint8Array, start: number, out: Uint8Array): number {
  const length = out.length;
  const { inflateSync } = loadZlib();
  try {
    // A byte more than is promised: what fills its memory is given as much again.
    const options = { info: true, maxOutputLength: Math.max(length, 1), chunkSize: Math.max(length + 1, 64) };
    const { buffer, engine } = inflateSync(input.subarray(start), options) as unknown as Inflated;
    if (buffer.length !== length) return -1;
    out.set(buffer);
    return start + engine.bytesWritten;
  } catch {
    return -1;
  }
}

/** What zlib answers with `info`: the engine has counted the input that it used. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: Zlib.Inflate;
}
