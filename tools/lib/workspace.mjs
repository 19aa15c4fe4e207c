// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { testOnly } from '../check/dag/rules.mjs';

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

/** Whether a door is for Node only: `./node`, or `…/node` beside another. @param {string} subpath or specifier */
export function isForNode(subpath) {
  return subpath.endsWith('/node');
}

/**
 * The JavaScript files that a manifest leads to, by doors, imports and commands: `dist/index.js`.
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function builtFiles(manifest) {
  return targets(manifest).filter((path) => path.startsWith('dist/') && path.endsWith('.js'));
}

/**
 * Whether a built file has copies of our other packages in it, so that few files are loaded to run it: a command, and what
 * a door leads to by the condition `node`.
 * @param {string} path one of {@link builtFiles}
 * @param {Manifest} manifest
 */
export function isWhole(path, { bin, exports }) {
  const forNode = Object.values(exports ?? {}).map((target) => (typeof target === 'string' ? undefined : target['node']));
  return [...Object.values(bin ?? {}), ...forNode].some((target) => target !== undefined && posix.normalize(target) === path);
}

/**
 * The packages that a package's whole files have copies of: all of ours that they need. But what comes whole itself stays
 * outside, where other packages find it too, since it may have a state; for a command there are no others.
 * @param {Package} pkg
 * @returns {string[]} names
 */
export function carried({ manifest }) {
  const packages = readPackages();
  const isCommand = manifest.bin !== undefined;
  const inside = new Set([manifest.name]);
  for (const name of inside) {
    const { dependencies, devDependencies } = packages.find((pkg) => pkg.name === name)?.manifest ?? {};
    for (const { name: other, short, manifest } of packages) {
      const isNeeded = other in { ...dependencies, ...(isCommand && devDependencies) } && short !== testOnly;
      if (isNeeded && (isCommand || !hasWhole(manifest))) inside.add(other);
    }
  }
  inside.delete(manifest.name);
  return hasWhole(manifest) ? [...inside] : [];
}

/** @param {Manifest} manifest */
function hasWhole(manifest) {
  return builtFiles(manifest).some((path) => isWhole(path, manifest));
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
