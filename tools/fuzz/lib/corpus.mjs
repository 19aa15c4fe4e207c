// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/workspace.mjs';

/**
 * A sound table that damages start from.
 * @typedef {object} Sample
 * @property {number} size in bytes
 * @property {import('./bundle.mjs').Parts} parts
 * @property {import('./bundle.mjs').Questions} questions
 */

const data = join(root, 'packages/conformance/data');

/** The tables of the golden data, and tables made up on the way. */
export class Corpus {
  /** @type {import('./bundle.mjs').Subject} */
  #subject;
  /** @type {string[]} */
  #paths;
  /** @type {Map<string, Sample>} */
  #samples = new Map();

  /** @param {import('./bundle.mjs').Subject} subject */
  constructor(subject) {
    this.#subject = subject;
    this.#paths = readdirSync(data, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ref') && !path.startsWith('damaged'))
      .sort();
  }

  /**
   * One of the tables, small ones more often than large ones.
   * @param {import('./bundle.mjs').Random} random
   */
  pick(random) {
    if (random.once(2)) return this.#sample(makeTable(this.#subject, random));
    let sample = this.#golden(random.pick(this.#paths));
    for (let tries = 0; tries < 2; tries++) {
      const other = this.#golden(random.pick(this.#paths));
      if (other.size < sample.size) sample = other;
    }
    return sample;
  }

  /** @param {string} path @returns {Sample} */
  #golden(path) {
    const known = this.#samples.get(path);
    if (known !== undefined) return known;
    const sample = this.#sample(Uint8Array.from(readFileSync(join(data, path))));
    this.#samples.set(path, sample);
    return sample;
  }

  /** @param {Uint8Array} bytes @returns {Sample} */
  #sample(bytes) {
    const { takeApart, questionsOf } = this.#subject;
    return { size: bytes.length, parts: takeApart(bytes), questions: questionsOf(bytes, 3) };
  }
}

/**
 * A table of any kind that the writer makes: of few records or some hundreds, in one block or many, with short names or long ones.
 * @param {import('./bundle.mjs').Subject} subject
 * @param {import('./bundle.mjs').Random} random
 */
function makeTable({ writeTable }, random) {
  const hash = random.once(4) ? 'sha256' : 'sha1';
  const oids = Array.from({ length: 1 + random.below(20) }, () => bytes(random, hash === 'sha1' ? 20 : 32));
  const limit = random.pick([4, 12, 40, 40, 300]);
  const blockSize = random.pick([220, 220, 300, 1000, 4096, 65536]);
  const text = () => textOf(random, blockSize);
  const base = random.pick([0n, 1n, 2n ** 53n - 2n, 2n ** 64n - 1n - 300n]);
  const index = () => base + BigInt(random.below(300));
  const names = [...new Set(Array.from({ length: random.below(limit) }, text))].map((name) => Buffer.from(`refs/${name}`, 'latin1'));

  const refs = names.map((name) => {
    const common = { name, updateIndex: index() };
    const oid = random.pick(oids);
    return random.pick([
      { ...common, kind: 'deletion' },
      { ...common, kind: 'direct', oid },
      { ...common, kind: 'direct', oid },
      { ...common, kind: 'peeled', oid, peeled: random.pick(oids) },
      { ...common, kind: 'symbolic', target: text() },
    ]);
  });
  const logs = names.flatMap((ref) =>
    [...new Set(Array.from({ length: random.below(3) }, index))].map((updateIndex) =>
      random.once(5)
        ? { ref, updateIndex, kind: 'deletion' }
        : {
            ref,
            updateIndex,
            kind: 'update',
            oldOid: random.pick(oids),
            newOid: random.pick(oids),
            name: text(),
            email: 'a@example.org',
            time: random.pick([0, 1_700_000_000, 2n ** 53n, 2n ** 64n - 1n]),
            timeZone: random.below(65536) - 32768,
            message: Buffer.from(text()),
          },
    ),
  );
  const content = random.pick([{ refs }, { logs }, { refs, logs }, { refs, logs }]);
  return writeTable(content, {
    hash,
    blockSize,
    aligned: !random.once(3),
    restartInterval: random.pick([1, 2, 16, 1000]),
    indexObjects: !random.once(4),
    exactLogMessages: true,
    minUpdateIndex: base,
    maxUpdateIndex: base + 300n,
  });
}

/**
 * Some characters below U+0100. Few are long, so that any record fits the block.
 * @param {import('./bundle.mjs').Random} random
 * @param {number} blockSize
 */
function textOf(random, blockSize) {
  const letters = random.pick(['ab', 'abcdefgh', '\x01\x80\xff', '\xc3\xa9\xe2']);
  const length = 1 + random.below(random.once(10) ? Math.min(200, blockSize / 10) : 12);
  return Array.from({ length }, () => letters[random.below(letters.length)]).join('');
}

/** @param {import('./bundle.mjs').Random} random @param {number} length */
function bytes(random, length) {
  return Uint8Array.from({ length }, () => random.below(256));
}
