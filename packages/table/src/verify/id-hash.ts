/* A hash of object ids and their starts, for telling them apart: not against somebody who makes ids to be alike in it. */

/** The bits of a hash: what a `number` holds exactly. */
const LOW_BITS = 21;

/** A hash of 53 bits of the `length` bytes from `start`. */
export function idHash(bytes: Uint8Array, start: number, length: number): number {
  let high = 0x811c_9dc5;
  let low = 0x9747_b28c;
  for (let pos = start; pos < start + length; pos++) {
    high = Math.imul(high ^ bytes[pos]!, 0x0100_0193);
    low = Math.imul((low << 13) | (low >>> 19), 5) ^ Math.imul(bytes[pos]! + 1, 0x5bd1_e995);
  }
  return (mix(high) >>> 0) * 2 ** LOW_BITS + (mix(low) >>> (32 - LOW_BITS));
}

/** The first 32 bits of a hash. */
export function highBits(hash: number): number {
  return Math.floor(hash / 2 ** LOW_BITS);
}

/** Spreads every bit over all 32 (the last steps of MurmurHash). */
export function mix(bits: number): number {
  const first = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return second ^ (second >>> 16);
}
