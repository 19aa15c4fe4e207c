/* Deflating and inflating log blocks where there is no zlib: in browsers and workers. `zlib.node.ts` is its double. */
import { zlibSync } from 'fflate';

export { inflateInto } from './inflate.js';

/** A zlib stream (RFC 1950) of `bytes`, at level 9. It may be longer than its input. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return zlibSync(bytes, { level: 9 });
}
