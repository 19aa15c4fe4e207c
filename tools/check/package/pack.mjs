// @ts-check
import { join } from 'node:path';
import { pnpm, run } from '../../lib/run.mjs';

/** @typedef {import('../../lib/workspace.mjs').Package} Package */
/** @typedef {{ pkg: Package, tarball: string, files: Map<string, () => string> }} Packed the tarball's files by path, each with a way to its text */

/**
 * Packs a package as it would be published.
 * @param {Package} pkg
 * @param {string} into a folder
 * @returns {Packed}
 */
export function pack(pkg, into) {
  const tarball = join(into, `${pkg.short}.tgz`);
  pnpm(['pack', '--silent', '--out', tarball], { cwd: pkg.dir });
  const entries = run('tar', ['-tzf', tarball]).split('\n').filter((entry) => entry !== '' && !entry.endsWith('/'));
  const read = (/** @type {string} */ entry) => () => run('tar', ['-xzOf', tarball, entry]);
  return { pkg, tarball, files: new Map(entries.map((entry) => [entry.replace(/^package\//, ''), read(entry)])) };
}
