/* SHA3-256 by Node, which takes a sixth of the time: in memory, most of an append is this. `sha3.ts` is its double. */
import crypto from 'node:crypto';
import { sha3_256 } from '@noble/hashes/sha3.js';

/** Not every build of every runtime has it. As text, for that takes half the time of an object that holds 32 bytes. */
export const sha3: (bytes: Uint8Array) => Uint8Array =
  'hash' in crypto && crypto.getHashes().includes('sha3-256') ? (bytes) => Buffer.from(crypto.hash('sha3-256', bytes, 'hex'), 'hex') : sha3_256;
