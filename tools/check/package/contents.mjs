// @ts-check
import { posix } from 'node:path';

/** @typedef {import('../../lib/workspace.mjs').Manifest} Manifest */

/**
 * Checks what is in a tarball.
 * @param {ReadonlyMap<string, () => string>} files the tarball's files by path, each with a way to its text
 * @returns {string[]} what is wrong
 */
export function checkContents(files) {
  /** @type {string[]} */
  const wrong = [];
  const manifest = /** @type {Manifest} */ (JSON.parse(files.get('package.json')?.() ?? '{}'));
  for (const path of ['package.json', 'README.md', 'LICENSE', ...targets(manifest)]) {
    if (!files.has(path)) wrong.push(`${path} is missing`);
  }
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (/^(workspace|file|link|catalog):/.test(range)) wrong.push(`the dependency ${name} has the range ${range}`);
  }
  for (const [path, text] of files) {
    if (/\.(test|testing)\.|\.tsbuildinfo$|^(src|dist)\/(.*\/)?(fixtures|__tests__)\//.test(path)) wrong.push(`${path} is none of a user's business`);
    if (/^src\/.*\.ts$/.test(path) && !files.has(builtFrom(path))) wrong.push(`${path} is not built`);
    if (/^dist\/.*\.js$/.test(path) && !files.has(path.replace(/^dist\//, 'src/').replace(/js$/, 'ts'))) {
      wrong.push(`${path} was left by an earlier build: its source is gone`);
    }
    if (path.endsWith('.map')) {
      const { sources } = /** @type {{ sources: string[] }} */ (JSON.parse(text()));
      for (const source of sources) {
        const target = posix.join(posix.dirname(path), source);
        if (!files.has(target)) wrong.push(`${path} points at ${target}, which is missing`);
      }
    }
  }
  return wrong;
}

/** The files that a manifest leads to: doors, imports and commands. @param {Manifest} manifest @returns {string[]} */
function targets(manifest) {
  /** @param {unknown} value @returns {string[]} */
  const under = (value) => {
    if (typeof value === 'string') return [posix.normalize(value)];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(under) : [];
  };
  return [...new Set([manifest.exports, manifest.imports, manifest.bin].flatMap(under))];
}

/** @param {string} source */
function builtFrom(source) {
  return source.replace(/^src\//, 'dist/').replace(/ts$/, 'js');
}
