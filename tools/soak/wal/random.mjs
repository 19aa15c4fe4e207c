// @ts-check

/**
 * Random numbers from 0 up to 1, the same for the same seed.
 * @param {number} seed not 0
 * @returns {() => number}
 */
export function xorshift(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
