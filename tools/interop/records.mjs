// @ts-check
// Records of every kind, made up: no objects stand behind the ids.
import { Random } from '../fixtures/lib/random.mjs';

/** @typedef {import('@reftable/block').Hash} Hash */
/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {import('@reftable/block').LogUpdate} LogUpdate */

/** Zones as Git stores them: decimal hhmm. */
const ZONES = [0, 200, -500, 530, -330, 1400, -1200];

/** Makes records for one case: the same ones each time. */
export class Maker {
  /** @type {Hash} */
  hash;
  #random;

  /** @param {string} name of the case @param {Hash} hash */
  constructor(name, hash) {
    this.hash = hash;
    this.#random = new Random(name);
  }

  /** @returns {string} the id of no object */
  get nullId() {
    return '0'.repeat(this.#digits);
  }

  get #digits() {
    return this.hash === 'sha1' ? 40 : 64;
  }

  /** @param {string} [start] */
  id(start = '') {
    let id = start;
    while (id.length < this.#digits) id += this.#random.next().toString(16).padStart(8, '0');
    return id.slice(0, this.#digits);
  }

  /** @param {string} name @param {number} [updateIndex] @returns {import('@reftable/block').DirectRef} */
  direct(name, updateIndex = 1) {
    return { kind: 'direct', name, updateIndex, oid: this.id() };
  }

  /** @param {string} name @param {number} [updateIndex] @returns {Ref} */
  peeled(name, updateIndex = 1) {
    return { kind: 'peeled', name, updateIndex, oid: this.id(), peeled: this.id() };
  }

  /**
   * Branches, annotated tags and symbolic refs.
   * @param {number} count
   * @param {number} [maxUpdateIndex] they are of all transactions from 1 to this
   * @returns {Ref[]}
   */
  refs(count, maxUpdateIndex = 1) {
    return Array.from({ length: count }, (_, number) => {
      const leaf = `${this.#random.word()}/${String(number).padStart(6, '0')}`;
      const updateIndex = this.#random.between(1, maxUpdateIndex);
      if (number % 10 === 3) return this.peeled(`refs/tags/${leaf}`, updateIndex);
      if (number % 50 === 7) return symbolic(`refs/remotes/${leaf}`, `refs/heads/${this.#random.word()}`, updateIndex);
      return this.direct(`refs/heads/${leaf}`, updateIndex);
    });
  }

  /**
   * @param {string} ref
   * @param {number} updateIndex
   * @param {Partial<LogUpdate>} [but]
   * @returns {LogUpdate}
   */
  log(ref, updateIndex, but = {}) {
    return {
      kind: 'update',
      ref,
      updateIndex,
      oldOid: this.id(),
      newOid: this.id(),
      name: `${this.#random.word()} ${this.#random.word()}`,
      email: `${this.#random.word()}@example.invalid`,
      time: this.#random.between(1_100_000_000, 1_900_000_000),
      timeZone: this.#random.pick(ZONES),
      message: `${this.#random.words(this.#random.between(1, 12))}\n`,
      ...but,
    };
  }

  /**
   * Logs of some refs, with as many entries each.
   * @param {number} refs
   * @param {number} entries
   * @returns {LogRecord[]}
   */
  logs(refs, entries) {
    return Array.from({ length: refs }, (_, number) => `refs/heads/logged/${String(number).padStart(4, '0')}`).flatMap((ref) =>
      Array.from({ length: entries }, (_, entry) => this.log(ref, entry + 1)),
    );
  }
}

/** @param {string} name @param {string} target @param {number} [updateIndex] @returns {import('@reftable/block').SymbolicRef} */
export function symbolic(name, target, updateIndex = 1) {
  return { kind: 'symbolic', name, updateIndex, target };
}

/** @param {string} name @param {number} [updateIndex] @returns {Ref} */
export function tombstone(name, updateIndex = 1) {
  return { kind: 'deletion', name, updateIndex };
}

/** @param {string} ref @param {number} updateIndex @returns {LogRecord} */
export function logTombstone(ref, updateIndex) {
  return { kind: 'deletion', ref, updateIndex };
}
