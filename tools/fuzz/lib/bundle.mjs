// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../../lib/workspace.mjs';

/**
 * What is fuzzed and what judges it. The types stand in the files of `packages/table/src`, whose tests share them.
 * @typedef {object} Subject
 * @property {{ current: string, calls: number }} inflater
 * @property {(bytes: Uint8Array, questions: Questions, inflater: Subject['inflater']) => Promise<string>} examine
 * @property {(bytes: Uint8Array, count?: number) => Questions} questionsOf
 * @property {new (seed: number) => Random} Random
 * @property {(bytes: Uint8Array) => Parts} takeApart
 * @property {(parts: Parts, other: Parts, random: Random) => Uint8Array} mutate
 * @property {(content: object, options: object) => Uint8Array} writeTable
 */

/** @typedef {{ names: (string | Uint8Array)[], ids: Uint8Array[] }} Questions what a table is asked for */
/** @typedef {{ below(limit: number): number, once(times: number): boolean, pick<T>(list: readonly T[]): T }} Random */
/** @typedef {{ readonly pieces: readonly object[] }} Parts a table, taken apart */

/** What stands behind `#zlib`: both inflaters, and a switch. */
const zlib = `
import * as zlib from './zlib.node.js';
import * as plain from './zlib.js';
export { deflate } from './zlib.node.js';
export const inflater = { current: 'zlib', calls: 0 };
export function inflate(...args) {
  inflater.calls++;
  return { zlib, plain }[inflater.current].inflate(...args);
}
`;

const entry = `
export { inflater } from '#zlib';
export { examine, questionsOf } from './packages/table/src/hostile.testing.js';
export { Random } from './packages/conformance/src/hostile.js';
export { mutate, takeApart } from './packages/table/src/damage.testing.js';
export { writeTable } from './packages/table/src/write-table.js';
`;

/** @type {import('esbuild').Plugin} */
const bothInflaters = {
  name: 'both-inflaters',
  setup(bundle) {
    bundle.onResolve({ filter: /^#zlib$/ }, () => ({ path: 'zlib', namespace: 'both' }));
    bundle.onLoad({ filter: /./, namespace: 'both' }, () => ({ contents: zlib, resolveDir: join(root, 'packages/block/src') }));
  },
};

/**
 * Puts the sources, as they are now, into one module.
 * @returns {Promise<{ path: string, remove: () => void }>}
 */
export async function bundleSubject() {
  const folder = mkdtempSync(join(tmpdir(), 'reftable-fuzz-'));
  const path = join(folder, 'subject.mjs');
  await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    conditions: ['@reftable/source'],
    logLevel: 'warning',
    plugins: [bothInflaters],
  });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** @param {string} path of the bundle @returns {Promise<Subject>} */
export async function loadSubject(path) {
  return /** @type {Subject} */ (await import(pathToFileURL(path).href));
}
