// @ts-check
import { relative } from 'node:path';
import { doors, isForNode, readManifest, readPackages } from '../../lib/workspace.mjs';
import { isBuiltin, packageOf } from './imports.mjs';
import { findCycle, isNodeFile, isTest, ownTargets, reach, readSources, sourcePath } from './sources.mjs';

/**
 * @typedef {object} Rules
 * @property {Record<string, readonly string[]>} arrows what each package may import
 * @property {string} testOnly the package that only tests may import
 * @property {Record<string, readonly string[]>} [together] what tests of a package may import besides
 * @property {readonly string[]} cores the packages that need no Node
 */

/** @typedef {import('../../lib/workspace.mjs').Package} Package */
/** @typedef {import('./imports.mjs').Import} Import */

const scope = '@reftable/';

/**
 * Checks the imports of every package against the rules.
 * @param {string} root the monorepo's folder
 * @param {Rules} rules
 * @returns {string[]} what breaks them, as `packages/x/src/y.ts:12: …`
 */
export function checkWorkspace(root, rules) {
  const shared = Object.keys(readManifest(root).devDependencies ?? {});
  return readPackages(root).flatMap((pkg) => {
    const allowed = rules.arrows[pkg.short];
    if (!allowed) return [`packages/${pkg.short}/package.json: the package has no place among the arrows (tools/check/dag/rules.mjs)`];
    const view = look(pkg, allowed, rules, shared, readPackages(root));
    const found = [...checkManifest(view), ...checkFiles(view), ...checkCycles(view)];
    return found.map((violation) => `packages/${pkg.short}/${violation}`);
  });
}

/** @typedef {ReturnType<typeof look>} View a package as the rules see it */

/**
 * @param {Package} pkg
 * @param {readonly string[]} allowed
 * @param {Rules} rules
 * @param {readonly string[]} shared what every test may import: the workspace's own dev dependencies
 * @param {readonly Package[]} packages all of ours
 */
function look(pkg, allowed, rules, shared, packages) {
  const { manifest, name } = pkg;
  const sources = readSources(pkg.dir);
  const entries = [
    ...doors(pkg).map(({ subpath, source }) => ({ subpath, path: relative(pkg.dir, source).replaceAll('\\', '/') })),
    ...Object.entries(manifest.bin ?? {}).map(([command, path]) => ({ subpath: `bin ${command}`, path: sourcePath(path) })),
  ];
  /** @param {string} path @param {string[]} [conditions] */
  const targets = (path, conditions) =>
    (sources.get(path)?.imports ?? []).flatMap(({ specifier }) => ownTargets(path, specifier, manifest.imports, conditions) ?? []);
  /** @param {(entry: { subpath: string }) => boolean} wanted @param {string[]} [conditions] */
  const reachFrom = (wanted, conditions) =>
    reach(sources, entries.filter(wanted).map(({ path }) => path), (path) => targets(path, conditions));

  const dev = Object.keys(manifest.devDependencies ?? {});
  // A command that no door shares a package with has all of ours in it: they need not be installed with it.
  const isAlone = manifest.bin !== undefined && doors(pkg).length === 0;
  const carried = dev.filter((dependency) => isAlone && dependency.startsWith(scope) && dependency !== scope + rules.testOnly);
  // What they need of others is installed with it.
  const inherited = packages.filter((other) => carried.includes(other.name)).flatMap((other) => Object.keys(other.manifest.dependencies ?? {}));
  const dependencies = [...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }), ...carried];
  const devDependencies = dev.filter((dependency) => !carried.includes(dependency));
  return {
    name,
    sources,
    entries,
    targets,
    importsField: manifest.imports,
    isCore: rules.cores.includes(pkg.short),
    /** The files that a plain door leads to where there is no Node. */
    plain: reachFrom(({ subpath }) => !isForNode(subpath), ['@reftable/source', 'default']),
    node: reachFrom(({ subpath }) => isForNode(subpath)),
    published: reachFrom(() => true),
    dependencies,
    inherited,
    devDependencies,
    allowed,
    allowedInTests: [...allowed, rules.testOnly, ...(rules.together?.[pkg.short] ?? [])],
    declaredForTests: [...dependencies, ...devDependencies, ...shared],
  };
}

/** @param {View} view @returns {Iterable<string>} */
function* checkManifest(view) {
  for (const name of view.dependencies) {
    if (isAgainst(name, view.allowed)) yield `package.json: ${name} is against the arrows`;
    else if (!isImported(view, name) && !view.inherited.includes(name)) yield `package.json: ${name} is declared, but nothing that is published imports it`;
  }
  for (const name of view.devDependencies) {
    if (isAgainst(name, view.allowedInTests)) yield `package.json: ${name} is against the arrows`;
  }
  for (const { subpath, path } of view.entries) {
    if (!view.sources.has(path)) yield `package.json: ${subpath} leads to ${path}, which is not there`;
  }
}

/** @param {View} view @returns {Iterable<string>} */
function* checkFiles(view) {
  for (const { path, imports } of view.sources.values()) {
    if (!isTest(path) && !view.published.has(path)) {
      yield `${path}: no door leads to this file: remove it, or name it *.testing.ts if it helps tests`;
    }
    if (view.isCore && isNodeFile(path) && view.plain.has(path)) yield `${path}: this file for Node is reached from a plain door`;
    for (const entry of imports) {
      for (const message of checkImport(view, path, entry.specifier)) yield `${path}:${entry.line}: ${message}`;
    }
  }
}

/** @param {View} view @param {string} path @param {string} specifier @returns {Iterable<string>} */
function* checkImport(view, path, specifier) {
  const test = isTest(path);
  const anywhere = view.isCore && !test && !isNodeFile(path) && (view.plain.has(path) || !view.node.has(path));
  const targets = ownTargets(path, specifier, view.importsField);
  if (targets) {
    if (targets.length === 0) yield `${specifier} is not among the package's imports`;
    for (const target of targets) {
      if (!view.sources.has(target)) yield `${specifier} leads to no source file of the package`;
      else if (isTest(target) && !test) yield `${specifier} is for tests, and this file is published`;
    }
    return;
  }
  if (isBuiltin(specifier)) {
    if (anywhere) yield `${specifier} is Node's own, and this file must run anywhere`;
    return;
  }
  const name = packageOf(specifier);
  if (name === view.name) {
    if (!test) yield 'the package imports itself by name';
  } else if (isAgainst(name, test ? view.allowedInTests : view.allowed)) {
    yield `${name} is against the arrows`;
  } else if (!(test ? view.declaredForTests : view.dependencies).includes(name)) {
    yield `${name} is not among the ${test ? 'declared dependencies' : 'dependencies'}`;
  } else if (anywhere && isForNode(specifier)) {
    yield `${specifier} is for Node, and this file must run anywhere`;
  }
}

/** @param {View} view @returns {Iterable<string>} */
function* checkCycles(view) {
  const cycle = findCycle(view.sources, (path) => view.targets(path));
  if (cycle) yield `${String(cycle[0])}: import cycle: ${cycle.join(' → ')}`;
}

/** Whether a dependency is one of our packages and none of those allowed. @param {string} name @param {readonly string[]} allowed */
function isAgainst(name, allowed) {
  return name.startsWith(scope) && !allowed.includes(name.slice(scope.length));
}

/** Whether published code imports a package. @param {View} view @param {string} name */
function isImported(view, name) {
  return [...view.sources.values()].some(
    ({ path, imports }) => !isTest(path) && imports.some(({ specifier }) => packageOf(specifier) === name),
  );
}
