import { highBits, idHash } from './id-hash.js';

/** The most ids that are remembered, for 16 MiB. */
const MAX_IDS = 1 << 19;

/** Tells whether ids that differ begin alike. */
export class IdPrefixes {
  readonly #idSize: number;
  /* A hash table, at most half full: hashes of prefixes, and of the ids that have them. 0: free. */
  readonly #prefixes: Float64Array;
  readonly #ids: Float64Array;
  #room: number;

  /** @param mostIds how many ids there may be */
  constructor(idSize: number, mostIds: number) {
    this.#idSize = idSize;
    this.#room = Math.min(mostIds, MAX_IDS);
    const slots = 2 ** Math.ceil(Math.log2(2 * this.#room + 2));
    this.#prefixes = new Float64Array(slots);
    this.#ids = new Float64Array(slots);
  }

  /** False: the id at `start` has the prefix of another id that came before. Once there is no more room, new prefixes are not remembered. */
  add(bytes: Uint8Array, start: number, prefixHash: number): boolean {
    const id = idHash(bytes, start, this.#idSize);
    const mask = this.#prefixes.length - 1;
    let slot = highBits(prefixHash) & mask;
    while (this.#ids[slot] !== 0) {
      if (this.#prefixes[slot] === prefixHash) return this.#ids[slot] === id;
      slot = (slot + 1) & mask;
    }
    if (this.#room > 0) {
      this.#room--;
      this.#prefixes[slot] = prefixHash;
      this.#ids[slot] = id;
    }
    return true;
  }
}
