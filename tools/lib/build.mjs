// @ts-check
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtFiles, readPackages, root } from './workspace.mjs';
import { runLoudly } from './run.mjs';

/** @typedef {import('./workspace.mjs').Package} Package */

/** Its modification time is the moment when the last good build began. */
const stamp = join(root, 'node_modules/.cache/build.stamp');

/**
 * Whether the newest of some files and folders, with all that is in them, is older than a time. A file that was
 * removed shows as a newer folder.
 * @param {string} path
 * @param {number} time
 * @returns {boolean}
 */
function isOlder(path, time) {
  const stat = statSync(path);
  if (stat.mtimeMs >= time) return false;
  return !stat.isDirectory() || readdirSync(path).every((name) => isOlder(join(path, name), time));
}

/** Whether the last build holds all that the sources say now. Looks at times only: a few milliseconds. */
export function isFresh() {
  const time = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
  if (time === undefined || !isOlder(join(root, 'tsconfig.base.json'), time)) return false;
  return readPackages().every(
    ({ dir, manifest }) =>
      builtFiles(manifest).every((file) => existsSync(join(dir, file))) &&
      ['src', 'package.json', 'tsconfig.json'].every((name) => isOlder(join(dir, name), time)),
  );
}

/**
 * Compiles packages: the declarations with TypeScript, which looks at all that they depend on, then the JavaScript.
 * Removes what earlier builds left of sources that are gone. What is wrong goes to stderr.
 * @param {readonly Package[]} packages
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function compile(packages) {
  for (const { dir } of packages) removeOrphans(dir);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  if (!runLoudly(process.execPath, [tsc, '-b', ...packages.map(({ dir }) => dir)])) return false;
  // Whoever finds all built does not wait for the bundler to load.
  const { bundle } = await import('./bundle.mjs');
  try {
    for (const pkg of packages) await bundle(pkg);
    return true;
  } catch (error) {
    console.error(error);
    return false;
  }
}

/** Removes the declarations of sources that are gone. @param {string} dir a package's folder */
function removeOrphans(dir) {
  const dist = join(dir, 'dist');
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = path.replace(/\.d\.ts(\.map)?$/, '.ts');
    if (source !== path && !existsSync(join(dir, 'src', source))) rmSync(join(dist, path));
  }
}

/**
 * Compiles every package.
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function build() {
  const began = new Date();
  process.stderr.write('building the packages…\n');
  const good = await compile(readPackages());
  if (good) {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
    utimesSync(stamp, began, began);
  }
  return good;
}
