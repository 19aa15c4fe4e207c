// @ts-check
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPackages, root } from './workspace.mjs';
import { runLoudly } from './run.mjs';

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
    ({ dir }) =>
      existsSync(join(dir, 'dist/tsconfig.tsbuildinfo')) &&
      ['src', 'package.json', 'tsconfig.json'].every((name) => isOlder(join(dir, name), time)),
  );
}

/**
 * Compiles packages and what they depend on, and removes what earlier builds left of sources that are gone. What the
 * compiler says goes to stderr.
 * @param {readonly string[]} dirs the packages' folders
 * @returns {boolean} whether it succeeded
 */
export function compile(dirs) {
  for (const dir of dirs) removeOrphans(dir);
  return runLoudly(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...dirs]);
}

/** @param {string} dir a package's folder */
function removeOrphans(dir) {
  const dist = join(dir, 'dist');
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = path.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (source !== path && !existsSync(join(dir, 'src', source))) rmSync(join(dist, path));
  }
}

/**
 * Compiles every package.
 * @returns {boolean} whether it succeeded
 */
export function build() {
  const began = new Date();
  process.stderr.write('building the packages…\n');
  const good = compile(readPackages().map(({ dir }) => dir));
  if (good) {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
    utimesSync(stamp, began, began);
  }
  return good;
}
