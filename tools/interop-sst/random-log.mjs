// @ts-check

/** @typedef {import('@reftable/conformance').SstEntry} Entry */

const BLOCK = 2 ** 20;

/**
 * Batches of a log of up to three blocks; in every other one as many as bring it to within some bytes of a block's end, and small ones from there.
 * @param {() => number} random
 * @returns {Entry[][]}
 */
export function randomBatches(random) {
  const below = (/** @type {number} */ limit) => Math.floor(random() * limit);
  /** @type {Entry[][]} */
  const batches = [];
  let size = 0;
  const add = (/** @type {Entry[]} */ batch) => {
    batches.push(batch);
    // Nearly: what counts is to come near the end of a block.
    size += 12 + batch.reduce((sum, { key, value }) => sum + 12 + key.length + (value?.length ?? 0), 0);
  };
  const entry = (/** @type {number} */ longest) => ({
    key: bytes(below(random() < 0.1 ? 300 : 12), random),
    timestamp: timestamp(random),
    value: random() < 0.2 ? undefined : bytes(below(longest), random),
  });
  if (random() < 0.5) {
    const end = BLOCK * (1 + below(2));
    while (size < end - 40_000) add(Array.from({ length: 1 + below(4) }, () => ({ ...entry(10), value: new Uint8Array(8000 + below(24_000)).fill(below(256)) })));
    while (size < end - 300) add([{ ...entry(10), value: new Uint8Array(Math.min(below(4000), end - size - 250)) }]);
    for (let count = below(60); count > 0; count--) add([entry(20)]);
  }
  for (let count = 1 + below(40); count > 0; count--) add(Array.from({ length: 1 + below(random() < 0.1 ? 200 : 4) }, () => entry(random() < 0.1 ? 32_769 : 80)));
  return batches;
}

/** @param {() => number} random @returns {bigint} */
function timestamp(random) {
  const bits = BigInt(1 + Math.floor(random() * 64));
  const low = BigInt(Math.floor(random() * 2 ** 32));
  const high = BigInt(Math.floor(random() * 2 ** 32));
  return ((high << 32n) | low) >> (64n - bits);
}

/** @param {number} length @param {() => number} random */
function bytes(length, random) {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/**
 * A log that is cut off, or with bytes changed or added, near a block's end more often than elsewhere.
 * @param {Uint8Array} log
 * @param {() => number} random
 */
export function randomDamage(log, random) {
  const copy = Uint8Array.from(log);
  const below = (/** @type {number} */ limit) => Math.floor(random() * limit);
  const place = () => (copy.length > BLOCK && random() < 0.6 ? Math.min(BLOCK - 60 + below(120), copy.length - 1) : below(copy.length));
  const kind = random();
  if (kind < 0.35) return copy.subarray(0, place());
  if (kind < 0.45) return Buffer.concat([copy, new Uint8Array(below(100))]);
  for (let count = 1 + below(3); count > 0; count--) {
    const at = place();
    copy[at] = random() < 0.5 ? Number(copy[at]) ^ (1 << below(8)) : below(256);
  }
  return copy;
}
