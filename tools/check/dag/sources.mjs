// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './imports.mjs';

/**
 * @typedef {object} SourceFile
 * @property {string} path from the package's folder, with `/`: `src/footer.ts`
 * @property {import('./imports.mjs').Import[]} imports
 */

/** @typedef {Map<string, SourceFile>} Sources by path */

/** @param {string} dir a package's folder @returns {Sources} */
export function readSources(dir) {
  const paths = readdirSync(join(dir, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
    .sort();
  return new Map(paths.map((path) => [path, { path, imports: importsOf(path, readFileSync(join(dir, path), 'utf8')) }]));
}

/** Tests (`*.test.ts`) and their helpers (`*.testing.ts`) are not part of what is published. @param {string} path */
export function isTest(path) {
  return /\.(test|testing)\.ts$/.test(path);
}

/** Files for Node alone say so in their name. @param {string} path */
export function isNodeFile(path) {
  return path.endsWith('.node.ts');
}

/**
 * The package's own files that an import may lead to: one for a relative import, and for a `#name` one for each of
 * the conditions. Answers null for an import that leads out of the package.
 * @param {string} from
 * @param {string} specifier
 * @param {Record<string, unknown>} [importsField] of the package.json
 * @param {string[]} [conditions] follow only these conditions of a `#name`, the first that matches; default: all
 * @returns {string[] | null}
 */
export function ownTargets(from, specifier, importsField = {}, conditions) {
  if (specifier.startsWith('#')) return targetsUnder(importsField[specifier], conditions).map(sourcePath);
  if (!specifier.startsWith('.')) return null;
  return [sourcePath(new URL(specifier, `file:///${from}`).pathname.slice(1))];
}

/**
 * @param {unknown} target of `exports` or `imports`
 * @param {string[] | undefined} conditions
 * @returns {string[]}
 */
function targetsUnder(target, conditions) {
  if (typeof target === 'string') return [target];
  if (typeof target !== 'object' || target === null) return [];
  if (!conditions) return [...new Set(Object.values(target).flatMap((value) => targetsUnder(value, undefined)).map(sourcePath))];
  const match = Object.entries(target).find(([condition]) => conditions.includes(condition));
  return match ? targetsUnder(match[1], conditions) : [];
}

/** The source of a built file, in one spelling. @param {string} path */
export function sourcePath(path) {
  return path.replace(/^\.\//, '').replace(/^dist\//, 'src/').replace(/(\.d\.ts|\.js)$/, '.ts');
}

/**
 * All files that some files lead to, themselves included.
 * @param {Sources} sources
 * @param {Iterable<string>} starts
 * @param {(path: string) => string[]} next
 * @returns {Set<string>}
 */
export function reach(sources, starts, next) {
  const reached = new Set(starts);
  for (const path of reached) {
    if (sources.has(path)) for (const target of next(path)) reached.add(target);
  }
  return reached;
}

/**
 * A cycle among the files, if there is one: the paths along it, the first again at the end.
 * @param {Sources} sources
 * @param {(path: string) => string[]} next
 * @returns {string[] | null}
 */
export function findCycle(sources, next) {
  const done = new Set();
  /** @type {string[]} */
  const trail = [];
  /** @param {string} path @returns {string[] | null} */
  const visit = (path) => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path) || !sources.has(path)) return null;
    trail.push(path);
    for (const target of next(path)) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    trail.pop();
    done.add(path);
    return null;
  };
  for (const path of sources.keys()) {
    const cycle = visit(path);
    if (cycle) return cycle;
  }
  return null;
}
