import { highBits, idHash, mix } from './id-hash.js';
import { IdPrefixes } from './id-prefixes.js';

/** Into how many parts ids are divided, so that it is known of a few ids where to look when something differs. */
const BUCKETS = 4096;

/** The bucket of an id whose start has this hash. */
export function bucketOf(hash: number): number {
  return highBits(hash) & (BUCKETS - 1);
}

/**
 * Holds the object section against the refs in one pass over each and without keeping either. Both are sets of pairs: an id, cut to the
 * length of the section's keys, and a block that mentions it. What is compared is the sum of 64-bit hashes of the pairs of either,
 * in whatever order they come: sets that differ agree in it once in 2^64 times.
 */
export class ObjectSums {
  /** Bytes of an id in the object section's keys. */
  readonly idLength: number;
  readonly #prefixes: IdPrefixes;
  /** For each bucket two lanes of 32 bits: the sum over the refs less that over the object section. */
  readonly #sums = new Int32Array(2 * BUCKETS);
  /** How many pairs the object section has in each bucket, or records that say "look into every block". */
  readonly #listed = new Float64Array(BUCKETS);
  /** 1: there is a record of that kind in the bucket, so that its sums say nothing. */
  readonly #scanned = new Uint8Array(BUCKETS);
  /** Hashes of the ids that the block at hand mentions. */
  #mentioned = new Float64Array(512);
  #count = 0;

  /** @param mostIds how many ids the refs may have */
  constructor(idLength: number, idSize: number, mostIds: number) {
    this.idLength = idLength;
    this.#prefixes = new IdPrefixes(idSize, mostIds);
  }

  /** A ref of the block at hand mentions the id at `start`. @returns false where another id that came before is the same by its key */
  mention(bytes: Uint8Array, start: number): boolean {
    const hash = idHash(bytes, start, this.idLength);
    if (this.#count === this.#mentioned.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#mentioned);
      this.#mentioned = grown;
    }
    this.#mentioned[this.#count++] = hash;
    return this.#prefixes.add(bytes, start, hash);
  }

  /** The block at hand, which starts at `position`, has ended: each id counts once for it. */
  endRefBlock(position: number): void {
    const mentioned = this.#mentioned.subarray(0, this.#count).sort();
    this.#count = 0;
    let last = -1;
    for (const hash of mentioned) {
      if (hash !== last) this.#add(hash, position, 1);
      last = hash;
    }
  }

  /** The object section says that the blocks at `positions` mention the id that starts with `key`; undefined: any may. */
  object(key: Uint8Array, positions: readonly number[] | undefined): void {
    const hash = idHash(key, 0, this.idLength);
    if (positions === undefined) {
      this.#scanned[bucketOf(hash)] = 1;
      this.#listed[bucketOf(hash)]!++;
      return;
    }
    this.#listed[bucketOf(hash)]! += positions.length;
    for (const position of positions) this.#add(hash, position, -1);
  }

  /** The buckets in which the two differ, or may do so, and how many pairs the object section has in each. */
  suspects(): { readonly bucket: number; readonly listed: number; readonly differs: boolean }[] {
    const suspects = [];
    for (const [bucket, listed] of this.#listed.entries()) {
      const isScanned = this.#scanned[bucket] === 1;
      const isEqual = this.#sums[2 * bucket] === 0 && this.#sums[2 * bucket + 1] === 0;
      if (isScanned || !isEqual) suspects.push({ bucket, listed, differs: !isScanned });
    }
    return suspects;
  }

  #add(hash: number, position: number, sign: 1 | -1): void {
    const place = mix((position >>> 0) ^ Math.imul(Math.floor(position / 2 ** 32), 0x9e37_79b1));
    const first = mix(highBits(hash) ^ place);
    const second = mix(Math.imul(hash >>> 0, 0x27d4_eb2f) + first + Math.imul(place, 0x1656_67b1));
    const at = 2 * bucketOf(hash);
    this.#sums[at]! += sign * first;
    this.#sums[at + 1]! += sign * second;
  }
}
