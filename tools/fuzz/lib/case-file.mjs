// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * A damaged table and what it was asked, as they are kept for another run: the table as a file, and beside it the
 * questions in JSON: strings as they are, bytes as `{ "hex": … }`.
 * @typedef {object} Case
 * @property {Uint8Array} bytes
 * @property {import('./bundle.mjs').Questions} questions
 */

/** @typedef {string | { readonly hex: string }} Written */

/** @param {string} path of the table @param {Case} kept */
export function writeCase(path, { bytes, questions: { names, ids } }) {
  writeFileSync(path, bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify({ names: names.map(written), ids: ids.map(written) }, undefined, 1)}\n`);
}

/** Reads what `writeCase` wrote; or any file, which is then asked for little. @param {string} path @returns {Case} */
export function readCase(path) {
  const bytes = Uint8Array.from(readFileSync(path));
  if (!existsSync(`${path}.json`)) return { bytes, questions: { names: ['refs/heads/main'], ids: [new Uint8Array(32)] } };
  const { names, ids } = /** @type {{ names: Written[], ids: { hex: string }[] }} */ (JSON.parse(readFileSync(`${path}.json`, 'utf8')));
  return { bytes, questions: { names: names.map((name) => (typeof name === 'string' ? name : unhex(name))), ids: ids.map(unhex) } };
}

/** @param {string | Uint8Array} value @returns {Written} */
function written(value) {
  return typeof value === 'string' ? value : { hex: Buffer.from(value).toString('hex') };
}

/** @param {{ readonly hex: string }} bytes */
function unhex({ hex }) {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
