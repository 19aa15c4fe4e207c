// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkWorkspace } from './check.mjs';

const rules = {
  arrows: { low: [], mid: ['low'], high: ['low', 'mid'], golden: [] },
  testOnly: 'golden',
  cores: ['low', 'mid'],
};

/** @type {string[]} */
const made = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

/** @param {string} subpath @param {string} name */
const door = (subpath, name) => ({ [subpath]: { '@reftable/source': `./src/${name}.ts`, default: `./dist/${name}.js` } });
/** @param {...string} names */
const ours = (...names) => Object.fromEntries(names.map((name) => [`@reftable/${name}`, 'workspace:^']));

/**
 * A small workspace that breaks no rule, as texts by path.
 * @returns {Record<string, string>}
 */
function goodTree() {
  /** @param {string} name @param {object} fields */
  const manifest = (name, fields) => JSON.stringify({ name: `@reftable/${name}`, version: '0.0.0', exports: door('.', 'index'), ...fields });
  return {
    'package.json': JSON.stringify({ name: 'all', version: '0.0.0', devDependencies: { 'fast-check': '*' } }),
    'packages/low/package.json': manifest('low', { devDependencies: ours('golden') }),
    'packages/low/src/index.ts': `export { a } from './a.js';`,
    'packages/low/src/a.ts': `export const a = 1;`,
    'packages/low/src/a.test.ts': `import fc from 'fast-check'; import '@reftable/golden'; import 'node:fs'; import { a } from '@reftable/low';`,
    'packages/mid/package.json': manifest('mid', {
      exports: { ...door('.', 'index'), ...door('./node', 'node') },
      imports: { '#zlib': { '@reftable/source': { node: './src/zlib.node.ts', default: './src/zlib.ts' }, node: './dist/zlib.node.js', default: './dist/zlib.js' } },
      dependencies: { ...ours('low'), fflate: '*' },
    }),
    'packages/mid/src/index.ts': `export * from './b.js'; export type { A } from '@reftable/low';`,
    'packages/mid/src/b.ts': `import { z } from '#zlib'; export const b = z;`,
    'packages/mid/src/zlib.ts': `import { inflateSync } from 'fflate'; export const z = inflateSync;`,
    'packages/mid/src/zlib.node.ts': `import { inflateSync } from 'node:zlib'; export const z = inflateSync;`,
    'packages/mid/src/node.ts': `export * from './file.js';`,
    'packages/mid/src/file.ts': `import { readFileSync } from 'fs'; export const file = readFileSync;`,
    'packages/high/package.json': manifest('high', { exports: {}, bin: { high: './dist/main.js' }, dependencies: ours('low', 'mid') }),
    'packages/high/src/main.ts': `import 'node:fs'; import '@reftable/low'; import '@reftable/mid/node';`,
    'packages/golden/package.json': manifest('golden', {}),
    'packages/golden/src/index.ts': `import 'node:fs';`,
  };
}

/** @param {Record<string, string>} changes to the good tree */
function violations(changes) {
  const root = mkdtempSync(join(tmpdir(), 'dag-'));
  made.push(root);
  for (const [path, text] of Object.entries({ ...goodTree(), ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkWorkspace(root, rules);
}

/**
 * The good tree's package.json of a package, changed.
 * @param {string} short
 * @param {(manifest: { dependencies: Record<string, string>, devDependencies: Record<string, string> }) => object} change
 */
function withManifest(short, change) {
  const path = `packages/${short}/package.json`;
  const manifest = JSON.parse(goodTree()[path] ?? '');
  return { [path]: JSON.stringify({ ...manifest, ...change(manifest) }) };
}

it('finds nothing in a tree that keeps the rules', () => {
  expect(violations({})).toEqual([]);
});

describe('arrows', () => {
  it('refuses an import against them, even if it is declared', () => {
    expect(
      violations({
        ...withManifest('low', () => ({ dependencies: ours('mid') })),
        'packages/low/src/a.ts': `\nimport { b } from '@reftable/mid';`,
      }),
    ).toEqual([
      'packages/low/package.json: @reftable/mid is against the arrows',
      'packages/low/src/a.ts:2: @reftable/mid is against the arrows',
    ]);
  });

  it('refuses a type-only import against them, in each of its forms', () => {
    for (const text of [`import type { B } from '@reftable/mid';`, `export type { B } from '@reftable/mid';`, `export type A = import('@reftable/mid').B;`]) {
      expect(violations({ 'packages/low/src/a.ts': text })).toEqual(['packages/low/src/a.ts:1: @reftable/mid is against the arrows']);
    }
  });

  it('refuses a dynamic import and a require against them', () => {
    for (const text of [`export const b = () => import('@reftable/mid');`, `require('@reftable/mid');`]) {
      expect(violations({ 'packages/low/src/a.ts': text })).toEqual(['packages/low/src/a.ts:1: @reftable/mid is against the arrows']);
    }
  });

  it('holds for tests and dev dependencies too', () => {
    expect(
      violations({
        ...withManifest('low', () => ({ devDependencies: ours('mid') })),
        'packages/low/src/a.test.ts': `import '@reftable/mid';`,
      }),
    ).toEqual([
      'packages/low/package.json: @reftable/mid is against the arrows',
      'packages/low/src/a.test.ts:1: @reftable/mid is against the arrows',
    ]);
  });

  it('refuses a package that has no place among them', () => {
    expect(violations({ 'packages/new/package.json': `{ "name": "@reftable/new" }` })).toEqual([
      'packages/new/package.json: the package has no place among the arrows (tools/check/dag/rules.mjs)',
    ]);
  });
});

describe('dependencies', () => {
  it('refuses an import that is not declared', () => {
    expect(violations({ 'packages/low/src/a.ts': `import { inflateSync } from 'fflate';` })).toEqual([
      'packages/low/src/a.ts:1: fflate is not among the dependencies',
    ]);
  });

  it('refuses an undeclared one of ours along the arrows, and a type-only one', () => {
    expect(
      violations({
        ...withManifest('high', () => ({ dependencies: ours('mid') })),
        'packages/high/src/main.ts': `import '@reftable/mid/node'; import type { A } from '@reftable/low';`,
      }),
    ).toEqual(['packages/high/src/main.ts:1: @reftable/low is not among the dependencies']);
  });

  it('refuses in published code what only tests may import', () => {
    expect(
      violations({
        'packages/low/src/a.ts': `import '@reftable/golden';\nimport 'fast-check';\nimport './model.testing.js';`,
        'packages/low/src/model.testing.ts': `import 'fast-check';`,
      }),
    ).toEqual([
      'packages/low/src/a.ts:1: @reftable/golden is against the arrows',
      'packages/low/src/a.ts:2: fast-check is not among the dependencies',
      'packages/low/src/a.ts:3: ./model.testing.js is for tests, and this file is published',
    ]);
  });

  it('lets a command have ours among its dev dependencies, since it is built with them in it; but no package that has a door', () => {
    /** @param {object} exports */
    const high = (exports) => withManifest('high', () => ({ exports, dependencies: {}, devDependencies: ours('low', 'mid', 'golden') }));
    expect(violations(high({ './package.json': './package.json' }))).toEqual([]);
    expect(violations(high({ './x': { '@reftable/source': './src/main.ts', default: './dist/main.js' } }))).toEqual([
      'packages/high/src/main.ts:1: @reftable/low is not among the dependencies',
      'packages/high/src/main.ts:1: @reftable/mid is not among the dependencies',
    ]);
    expect(violations({ ...high({}), 'packages/high/src/main.ts': `import '@reftable/low'; import '@reftable/mid'; import '@reftable/golden';` })).toEqual([
      'packages/high/src/main.ts:1: @reftable/golden is against the arrows',
    ]);
  });

  it('refuses in tests what nobody declares', () => {
    expect(violations({ 'packages/low/src/a.test.ts': `import 'left-pad';` })).toEqual([
      'packages/low/src/a.test.ts:1: left-pad is not among the declared dependencies',
    ]);
  });

  it('refuses one that no published code imports', () => {
    expect(violations({ 'packages/high/src/main.ts': `import '@reftable/mid/node';`, 'packages/high/src/x.test.ts': `import '@reftable/low';` })).toEqual([
      'packages/high/package.json: @reftable/low is declared, but nothing that is published imports it',
    ]);
  });
});

describe("Node's own modules in a core", () => {
  it('are refused with and without node:, as a type, and by subpath', () => {
    for (const specifier of ['node:fs', 'fs', 'fs/promises', 'node:test']) {
      for (const form of [`import '${specifier}';`, `import type { Stats } from '${specifier}';`]) {
        expect(violations({ 'packages/low/src/a.ts': form })).toEqual([
          `packages/low/src/a.ts:1: ${specifier} is Node's own, and this file must run anywhere`,
        ]);
      }
    }
  });

  it('are refused in a file that the plain door shares with the node door', () => {
    expect(violations({ 'packages/mid/src/b.ts': `export * from './file.js'; import '#zlib';` })).toEqual([
      "packages/mid/src/file.ts:1: fs is Node's own, and this file must run anywhere",
    ]);
  });

  it('are refused where a plain door reaches a file for Node', () => {
    expect(violations({ 'packages/mid/src/b.ts': `import './zlib.node.js'; import '#zlib';` })).toEqual([
      'packages/mid/src/zlib.node.ts: this file for Node is reached from a plain door',
    ]);
  });

  it("are refused behind another package's node door", () => {
    expect(
      violations({
        ...withManifest('mid', ({ dependencies }) => ({ dependencies: { ...dependencies, ...ours('low') } })),
        'packages/mid/src/b.ts': `import '#zlib'; import '@reftable/low/node';`,
      }),
    ).toEqual(['packages/mid/src/b.ts:1: @reftable/low/node is for Node, and this file must run anywhere']);
  });
});

describe('files of a package', () => {
  it('must not import each other in a circle, not even as types', () => {
    expect(
      violations({
        'packages/low/src/a.ts': `import './c.js';`,
        'packages/low/src/c.ts': `import './d/e.js';`,
        'packages/low/src/d/e.ts': `import type { A } from '../a.js';`,
      }),
    ).toEqual(['packages/low/src/a.ts: import cycle: src/a.ts → src/c.ts → src/d/e.ts → src/a.ts']);
    expect(violations({ 'packages/low/src/a.ts': `import './a.js';` })).toEqual([
      'packages/low/src/a.ts: import cycle: src/a.ts → src/a.ts',
    ]);
  });

  it('must be there, and inside the package', () => {
    expect(violations({ 'packages/low/src/a.ts': `import './gone.js';\nimport '../../mid/src/b.js';\nimport '#zlib';` })).toEqual([
      'packages/low/src/a.ts:1: ./gone.js leads to no source file of the package',
      'packages/low/src/a.ts:2: ../../mid/src/b.js leads to no source file of the package',
      "packages/low/src/a.ts:3: #zlib is not among the package's imports",
    ]);
  });

  it('must be reached from a door', () => {
    expect(violations({ 'packages/low/src/dead.ts': '' })).toEqual([
      'packages/low/src/dead.ts: no door leads to this file: remove it, or name it *.testing.ts if it helps tests',
    ]);
    expect(violations(withManifest('low', () => ({ exports: door('.', 'gone') })))).toContain(
      'packages/low/package.json: . leads to src/gone.ts, which is not there',
    );
  });

  it('must not go through the door of their own package', () => {
    expect(violations({ 'packages/low/src/a.ts': `import '@reftable/low';` })).toEqual([
      'packages/low/src/a.ts:1: the package imports itself by name',
    ]);
  });
});
