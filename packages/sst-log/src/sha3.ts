/* SHA3-256 where there is no other. `sha3.node.ts` is its double. */
export { sha3_256 as sha3 } from '@noble/hashes/sha3.js';
