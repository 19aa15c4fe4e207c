// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { builtFiles } from './workspace.mjs';

/** @typedef {import('./workspace.mjs').Package} Package */

/**
 * Writes a package's JavaScript: one module for each file that its package.json names, and chunks of what these share.
 * To load a module costs far more than to run it: with a file for each source, loading was most of a small program's time.
 * @param {Package} pkg
 * @throws what is wrong with the sources
 */
export async function bundle({ dir, manifest }) {
  const { output } = await build({
    cwd: dir,
    input: Object.fromEntries(builtFiles(manifest).map((path) => [path.replace(/^dist\/(.*)\.js$/, '$1'), path.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')])),
    // Other packages, Node's own modules, and what `imports` decides on where the package runs.
    external: (id, importer, isResolved) => importer !== undefined && !isResolved && !id.startsWith('.'),
    platform: 'neutral',
    transform: { target: 'es2022' },
    // The maps lead to `src`, which is in the tarball.
    output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', sourcemap: true, sourcemapExcludeSources: true },
    logLevel: 'warn',
  });
  removeOthers(join(dir, 'dist'), new Set(output.map(({ fileName }) => fileName)));
}

/** Removes the JavaScript of earlier builds. @param {string} dist @param {ReadonlySet<string>} written */
function removeOthers(dist, written) {
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (/\.js(\.map)?$/.test(path) && !written.has(path.replaceAll('\\', '/'))) rmSync(join(dist, path));
  }
}
