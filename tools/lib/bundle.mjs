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
  const written = await write(pkg, plain, []);
  // Each by itself: what two of them share would be a third to load.
  for (const path of whole) written.push(...(await write(pkg, [path], carried(pkg))));
  removeOthers(pkg.dir, new Set(written));
}

/**
 * Takes Node's own modules without an import of them. That would ask each for all its parts, some of which are loaded only then:
 * the streams of `node:fs` alone take 3 ms.
 * @type {import('rolldown').Plugin}
 */
const builtinsAtOnce = {
  name: 'builtins-at-once',
  renderChunk(code) {
    const changed = code.replaceAll(/^import \{([^}]*)\} from "(node:[^"]+)";$/gm, (_, names, module) => {
      return `const {${String(names).replaceAll(' as ', ': ')}} = process.getBuiltinModule("${String(module)}");`;
    });
    // Line for line the same: the map stays right.
    return { code: changed, map: null };
  },
};

/** What a file that several doors lead to is made from. */
const JOINT = 'joint:';

/**
 * A file that several doors lead to has all that they export: who comes through two of them loads one module.
 * @param {Package} pkg
 * @returns {import('rolldown').Plugin}
 */
const joinDoors = ({ dir, manifest }) => ({
  name: 'join-doors',
  resolveId: (id) => (id.startsWith(JOINT) ? id : null),
  load: (id) => {
    if (!id.startsWith(JOINT)) return null;
    const sources = sourcesOf(id.slice(JOINT.length), manifest).map((source) => JSON.stringify(join(dir, source)));
    return sources.map((source) => `export * from ${source};`).join('\n');
  },
});

/** The sources of a built file. @param {string} path @param {import('./workspace.mjs').Manifest} manifest @returns {string[]} */
function sourcesOf(path, { exports }) {
  const leading = Object.values(exports ?? {}).filter((door) => typeof door === 'object' && Object.values(door).some((to) => posix.normalize(to) === path));
  const sources = leading.map((door) => /** @type {Record<string, string>} */ (door)['@reftable/source']);
  return sources.filter((source) => source !== undefined);
}

/**
 * Puts all that a command loads at its start into one file, and only what it loads later into others.
 * @param {string} entry the source that it starts from
 * @returns {NonNullable<import('rolldown').OutputOptions['codeSplitting']>}
 */
function splitAfterStart(entry) {
  /** @type {Set<string> | undefined} */
  let start;
  return {
    groups: [
      {
        debugName: 'start',
        name(id, modules) {
          if (start === undefined) {
            start = new Set([entry]);
            for (const reached of start) for (const next of modules.getModuleInfo(reached)?.importedIds ?? []) start.add(next);
          }
          return start.has(id) ? 'start' : null;
        },
      },
    ],
  };
}

/** What a built file is made from. @param {string} path @param {import('./workspace.mjs').Manifest} manifest */
function inputOf(path, manifest) {
  return sourcesOf(path, manifest).length > 1 ? JOINT + path : `src/${posix.basename(path, '.js')}.ts`;
}

/**
 * @param {Package} pkg
 * @param {readonly string[]} files those that belong together
 * @param {readonly string[]} inside the packages that they get a copy of
 * @returns {Promise<string[]>} what was written
 */
async function write(pkg, files, inside) {
  const { dir, manifest } = pkg;
  const [first] = files;
  if (first === undefined) return [];
  const folder = posix.dirname(first);
  const isCopied = (/** @type {string} */ id) => inside.some((name) => id === name || id.startsWith(`${name}/`));
  const { output } = await build({
    cwd: dir,
    input: Object.fromEntries(files.map((path) => [posix.basename(path, '.js'), inputOf(path, manifest)])),
    // Other packages, Node's own modules, and what `imports` decides on where the package runs.
    external: (id, importer, isResolved) =>
      importer !== undefined && !importer.startsWith(JOINT) && !isResolved && !id.startsWith('.') && !isCopied(id) && !(id.startsWith('#') && inside.length > 0),
    platform: 'neutral',
    resolve: { conditionNames: ['@reftable/source', 'node', 'import'] },
    transform: { target: 'es2022' },
    plugins: [joinDoors(pkg), ...(inside.length > 0 ? [builtinsAtOnce] : [])],
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      ...(manifest.bin && { codeSplitting: splitAfterStart(join(dir, inputOf(first, manifest))) }),
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
