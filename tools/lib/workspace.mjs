// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * The fields of a package.json that the tools look at.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, string | Record<string, string>>} [exports]
 * @property {Record<string, unknown>} [imports]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */

/** @typedef {{ name: string, short: string, dir: string, manifest: Manifest }} Package */

/** The folder of the whole monorepo. */
export const root = join(import.meta.dirname, '../..');

/** @param {string} dir @returns {Manifest} */
export function readManifest(dir) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')));
}

/**
 * The packages under `packages/`, by name.
 * @param {string} [base] the monorepo's folder
 * @returns {Package[]}
 */
export function readPackages(base = root) {
  return readdirSync(join(base, 'packages'))
    .sort()
    .map((short) => ({ short, dir: join(base, 'packages', short) }))
    .filter(({ dir }) => existsSync(join(dir, 'package.json')))
    .map(({ short, dir }) => {
      const manifest = readManifest(dir);
      return { name: manifest.name, short, dir, manifest };
    });
}

/**
 * The doors of a package: each subpath of `exports` that leads to code, with its source file and its built file.
 * @param {Package} pkg
 * @returns {{ subpath: string, specifier: string, source: string, built: string }[]}
 */
export function doors(pkg) {
  return Object.entries(pkg.manifest.exports ?? {}).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const source = target['@reftable/source'];
    const built = target['default'];
    if (source === undefined || built === undefined) throw new Error(`${pkg.name}: door ${subpath} lacks source or default`);
    return [{ subpath, specifier: pkg.name + subpath.slice(1), source: join(pkg.dir, source), built: join(pkg.dir, built) }];
  });
}

/**
 * The JavaScript files that a manifest leads to, by doors, imports and commands: `dist/index.js`.
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function builtFiles(manifest) {
  return targets(manifest).filter((path) => path.startsWith('dist/') && path.endsWith('.js'));
}

/** All files that a manifest leads to, from its folder on. @param {Manifest} manifest @returns {string[]} */
export function targets(manifest) {
  /** @param {unknown} value @returns {string[]} */
  const under = (value) => {
    if (typeof value === 'string') return [posix.normalize(value)];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(under) : [];
  };
  return [...new Set([manifest.exports, manifest.imports, manifest.bin].flatMap(under))];
}
