// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { build } from 'rolldown';
import { builtFiles, carried, isWhole } from './workspace.mjs';

/** @typedef {import('./workspace.mjs').Package} Package */

/**
 * Writes a package's JavaScript: one module for each file that its package.json names, and chunks of what these share.
 * To load a module costs far more than to run it: with a file for each source, loading was most of a small program's time.
 * @param {Package} pkg
 * @throws what is wrong with the sources
 */
export async function bundle(pkg) {
  const files = builtFiles(pkg.manifest);
  const whole = files.filter((path) => isWhole(path, pkg.manifest));
  const plain = files.filter((path) => !whole.includes(path));
  const written = [...(await write(pkg.dir, plain, [])), ...(await write(pkg.dir, whole, carried(pkg)))];
  removeOthers(pkg.dir, new Set(written));
}

/**
 * @param {string} dir the package's folder
 * @param {readonly string[]} files those that belong together
 * @param {readonly string[]} inside the packages that they get a copy of
 * @returns {Promise<string[]>} what was written
 */
async function write(dir, files, inside) {
  const [first] = files;
  if (first === undefined) return [];
  const folder = posix.dirname(first);
  const isCopied = (/** @type {string} */ id) => inside.some((name) => id === name || id.startsWith(`${name}/`));
  const { output } = await build({
    cwd: dir,
    input: Object.fromEntries(files.map((path) => [posix.basename(path, '.js'), `src/${posix.basename(path, '.js')}.ts`])),
    // Other packages, Node's own modules, and what `imports` decides on where the package runs.
    external: (id, importer, isResolved) =>
      importer !== undefined && !isResolved && !id.startsWith('.') && !isCopied(id) && !(id.startsWith('#') && inside.length > 0),
    platform: 'neutral',
    resolve: { conditionNames: ['@reftable/source', 'node', 'import'] },
    transform: { target: 'es2022' },
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      // They are in the declarations and the sources. With what is not ASCII in them, a module takes twice the memory and time to load.
      comments: { jsdoc: false },
      sourcemap: true,
      // The maps lead to `src`, which is in the tarball; but that of other packages is not.
      sourcemapExcludeSources: inside.length === 0,
    },
    logLevel: 'warn',
  });
  return output.map(({ fileName }) => posix.join(folder, fileName));
}

/** Removes the JavaScript of earlier builds. @param {string} dir @param {ReadonlySet<string>} written */
function removeOthers(dir, written) {
  for (const path of readdirSync(join(dir, 'dist'), { recursive: true, encoding: 'utf8' })) {
    const file = posix.join('dist', path.replaceAll('\\', '/'));
    if (/\.js(\.map)?$/.test(file) && !written.has(file)) rmSync(join(dir, file));
  }
}
