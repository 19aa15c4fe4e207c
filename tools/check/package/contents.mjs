// @ts-check
import { posix } from 'node:path';
import { builtFiles, targets } from '../../lib/workspace.mjs';
import { isBuiltin, packageOf } from '../dag/imports.mjs';

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
  const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies };
  const declared = Object.keys(dependencies);
  for (const [name, range] of Object.entries(dependencies)) {
    if (/^(workspace|file|link|catalog):/.test(range)) wrong.push(`the dependency ${name} has the range ${range}`);
  }
  const loaded = reach(builtFiles(manifest), files);
  for (const [path, text] of files) {
    if (/\.(test|testing)\.|\.tsbuildinfo$|^(src|dist)\/(.*\/)?(fixtures|__tests__)\//.test(path)) wrong.push(`${path} is none of a user's business`);
    if (/^src\/.*\.ts$/.test(path) && !files.has(path.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts'))) wrong.push(`${path} is not built`);
    if (/^dist\/.*\.d\.ts$/.test(path) && !files.has(path.replace(/^dist\/(.*)\.d\.ts$/, 'src/$1.ts'))) {
      wrong.push(`${path} was left by an earlier build: its source is gone`);
    }
    if (/^dist\/.*\.js$/.test(path)) {
      if (!loaded.has(path)) wrong.push(`${path} was left by an earlier build: nothing leads to it`);
      for (const specifier of specifiersIn(text())) {
        const name = packageOf(specifier);
        if (!/^[.#]/.test(specifier) && !isBuiltin(specifier) && !declared.includes(name)) wrong.push(`${path} imports ${name}, which is not among the dependencies`);
      }
    }
    if (path.endsWith('.map')) {
      const { sources, sourcesContent } = /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */ (JSON.parse(text()));
      for (const [at, source] of sources.entries()) {
        const target = posix.join(posix.dirname(path), source);
        if (!files.has(target) && typeof sourcesContent?.[at] !== 'string') wrong.push(`${path} points at ${target}, which is missing`);
      }
    }
  }
  return wrong;
}

/**
 * All modules that some lead to, themselves included.
 * @param {readonly string[]} starts
 * @param {ReadonlyMap<string, () => string>} files
 */
function reach(starts, files) {
  const reached = new Set(starts);
  for (const path of reached) {
    for (const specifier of specifiersIn(files.get(path)?.() ?? '')) {
      if (specifier.startsWith('.')) reached.add(posix.join(posix.dirname(path), specifier));
    }
  }
  return reached;
}

/** What a built module imports, as the bundler writes it. @param {string} code */
function specifiersIn(code) {
  return Array.from(code.matchAll(/^(?:(?:import|export)\b.*?\bfrom|import)\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm), ([, still = '', later = '']) => still || later);
}
