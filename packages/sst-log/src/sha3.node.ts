/* SHA3-256 by Node, which takes a third of the time: in memory, most of an append is this. `sha3.ts` is its double. */
import { createHash, getHashes } from 'node:crypto';
import { sha3_256 } from '@noble/hashes/sha3.js';

/** Not every build of every runtime has it. */
export const sha3: (bytes: Uint8Array) => Uint8Array = getHashes().includes('sha3-256')
  ? (bytes) => createHash('sha3-256').update(bytes).digest()
  : sha3_256;
