// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * A damaged table and what it was asked, as they are kept for another run: the table as a file, and beside it the
 * questions in JSON, all in hex.
 * @typedef {object} Case
 * @property {Uint8Array} bytes
 * @property {import('./bundle.mjs').Questions} questions
 */

/** @param {string} path of the table @param {Case} kept */
export function writeCase(path, { bytes, questions: { names, ids } }) {
  /** @param {string | Uint8Array} text */
  const hex = (text) => Buffer.from(text).toString('hex');
  writeFileSync(path, bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify({ names: names.map(hex), ids: ids.map(hex) }, undefined, 1)}\n`);
}

/** Reads what `writeCase` wrote; or any file, which is then asked for little. @param {string} path @returns {Case} */
export function readCase(path) {
  const bytes = Uint8Array.from(readFileSync(path));
  if (!existsSync(`${path}.json`)) return { bytes, questions: { names: ['refs/heads/main'], ids: [new Uint8Array(32)] } };
  const { names, ids } = /** @type {{ names: string[], ids: string[] }} */ (JSON.parse(readFileSync(`${path}.json`, 'utf8')));
  /** @param {string} hex */
  const unhex = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
  return { bytes, questions: { names: names.map(unhex), ids: ids.map(unhex) } };
}
