// @ts-check

/**
 * One transaction that somebody tried.
 * @typedef {object} Attempt
 * @property {string} writer
 * @property {string} oid what it writes
 * @property {boolean} keepsFlapping whether the ref that comes and goes is there afterwards
 * @property {number} begin when, in milliseconds of the machine's clock, or earlier
 * @property {number} end when it was known to have succeeded, or later; Infinity if it is not
 * @property {'open' | 'acknowledged' | 'refused'} outcome `open`: nobody knows
 * @property {number | undefined} updateIndex as the writer was told
 */

/** All that was tried, and what is known to have come of it. An attempt is known by the message and the new id in its log entries. */
export class Ledger {
  /** @type {Map<string, Attempt>} */
  #attempts = new Map();

  /**
   * @param {string} key see {@link keyOf}
   * @param {Pick<Attempt, 'writer' | 'oid' | 'keepsFlapping' | 'begin'>} attempt
   */
  begin(key, attempt) {
    if (this.#attempts.has(key)) throw new Error(`${key} is tried twice`);
    this.#attempts.set(key, { ...attempt, end: Infinity, outcome: 'open', updateIndex: undefined });
  }

  /** @param {string} key @param {number} [updateIndex] */
  acknowledge(key, updateIndex) {
    Object.assign(this.get(key), { outcome: 'acknowledged', end: now(), updateIndex });
  }

  /** The writer was told that nothing was written. @param {string} key */
  refuse(key) {
    this.get(key).outcome = 'refused';
  }

  /** @param {string} key @returns {Attempt} */
  get(key) {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) throw new Error(`${key} was never tried`);
    return attempt;
  }

  /** @param {string} key */
  has(key) {
    return this.#attempts.has(key);
  }

  /** In the order in which they were tried. @param {string} writer @returns {[key: string, attempt: Attempt][]} */
  of(writer) {
    return [...this.#attempts].filter(([, attempt]) => attempt.writer === writer);
  }

  /** @param {Attempt['outcome']} outcome @param {(writer: string) => boolean} [isWanted] */
  count(outcome, isWanted = () => true) {
    return [...this.#attempts.values()].filter((attempt) => attempt.outcome === outcome && isWanted(attempt.writer)).length;
  }
}

/** @param {string} message of a log entry @param {string} oid its new id */
export function keyOf(message, oid) {
  return `${message.trimEnd()} ${oid}`;
}

/** Milliseconds of a clock that all processes of the machine share, and that nobody sets. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
