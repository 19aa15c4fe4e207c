// @ts-check

/** @typedef {import('./contender.mjs').Contender} Contender */
/** @typedef {{ contender: Contender, work: string }} Part who does what in a round */
/** @typedef {{ median: number, least: number, count: number }} Measure milliseconds, and what was counted */

/** Until this has passed, and that many times, all is done without taking note, so that both sides are hot. */
const WARM_UP_MS = 2_000;
const WARM_UP_RUNS = 3;

/**
 * Does work in alternating rounds: each part once, then each again. So what the machine does besides hits all alike.
 * @param {readonly Part[]} parts
 * @param {number} rounds
 * @returns {Promise<Measure[]>} one for each part
 */
export async function measure(parts, rounds) {
  for (const { contender, work } of parts) {
    let spent = 0;
    for (let runs = 0; runs < WARM_UP_RUNS || spent < WARM_UP_MS; runs++) spent += (await contender.time(work)).nanoseconds / 1e6;
  }
  const times = parts.map(() => /** @type {number[]} */ ([]));
  const counts = parts.map(() => NaN);
  for (let round = 0; round < rounds; round++) {
    for (const [at, { contender, work }] of parts.entries()) {
      const { nanoseconds, count } = await contender.time(work);
      times[at]?.push(nanoseconds / 1e6);
      counts[at] = count;
    }
  }
  return times.map((all, at) => ({ median: median(all), least: Math.min(...all), count: counts[at] ?? NaN }));
}

/**
 * The number in the middle; between the two in the middle where they are even.
 * @param {readonly number[]} numbers
 */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}
