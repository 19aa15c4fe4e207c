// @ts-check
import { describe, expect, it } from 'vitest';
import { checkContents } from './contents.mjs';

/**
 * @param {object} [manifest] fields of the package.json
 * @param {Record<string, string | null>} [changes] to the other files; null removes one
 */
function tarball(manifest = {}, changes = {}) {
  const door = { '@reftable/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };
  const map = JSON.stringify({ version: 3, sources: ['../src/index.ts'] });
  /** @type {Record<string, string | null>} */
  const texts = {
    'package.json': JSON.stringify({ name: '@reftable/x', version: '0.1.0', exports: { '.': door, './package.json': './package.json' }, ...manifest }),
    'README.md': '',
    LICENSE: '',
    'src/index.ts': '',
    'dist/index.js': '',
    'dist/index.js.map': map,
    'dist/index.d.ts': '',
    'dist/index.d.ts.map': map,
    ...changes,
  };
  return new Map(Object.entries(texts).flatMap(([path, text]) => (text === null ? [] : [[path, () => text]])));
}

describe('checkContents', () => {
  it('finds nothing in a good tarball', () => {
    expect(checkContents(tarball())).toEqual([]);
  });

  it('misses what users expect', () => {
    for (const path of ['README.md', 'LICENSE', 'dist/index.js']) {
      expect(checkContents(tarball({}, { [path]: null }))).toEqual([`${path} is missing`]);
    }
    expect(checkContents(tarball({}, { 'dist/index.d.ts': null }))).toContain('dist/index.d.ts is missing');
    expect(checkContents(tarball({}, { 'src/index.ts': null }))).toContain('src/index.ts is missing');
    expect(checkContents(tarball({ bin: { x: './dist/main.js' } }))).toEqual(['dist/main.js is missing']);
    expect(checkContents(tarball({ imports: { '#z': { node: './dist/z.node.js' } } }))).toEqual(['dist/z.node.js is missing']);
  });

  it('refuses tests, their helpers, fixtures and the build state', () => {
    expect(
      checkContents(tarball({}, { 'src/a.test.ts': '', 'dist/a.test.d.ts': '', 'src/b.testing.ts': '', 'dist/b.testing.d.ts': '', 'dist/x.tsbuildinfo': '', 'src/fixtures/a.ref': '' })),
    ).toHaveLength(6);
  });

  it('refuses a source that was not built, and what an earlier build left', () => {
    expect(checkContents(tarball({}, { 'src/new.ts': '' }))).toEqual(['src/new.ts is not built']);
    expect(checkContents(tarball({}, { 'dist/old.d.ts': '' }))).toEqual(['dist/old.d.ts was left by an earlier build: its source is gone']);
    expect(checkContents(tarball({}, { 'dist/old.js': '' }))).toEqual(['dist/old.js was left by an earlier build: nothing leads to it']);
  });

  it('takes the chunks that a door leads to, by whatever way', () => {
    const texts = { 'dist/index.js': 'import{a}from"./a.js";\nimport "./b.js";', 'dist/a.js': 'const c = () => import("./deep/c.js");', 'dist/b.js': '', 'dist/deep/c.js': '' };
    expect(checkContents(tarball({}, texts))).toEqual([]);
  });

  it('refuses code that imports what is not installed with it', () => {
    const code = 'import { a } from "@scope/a/sub";\nimport "node:fs";\nimport fs from "fs";\nimport z from "#z";\nexport * from "b";\nconst c = () => import("c");';
    expect(checkContents(tarball({ dependencies: { b: '1' } }, { 'dist/index.js': code }))).toEqual([
      'dist/index.js imports @scope/a, which is not among the dependencies',
      'dist/index.js imports c, which is not among the dependencies',
    ]);
  });

  it('refuses a source map that leads out of the tarball', () => {
    expect(checkContents(tarball({}, { 'dist/index.js.map': '{"sources":["../../src/index.ts"]}' }))).toEqual([
      'dist/index.js.map points at ../src/index.ts, which is missing',
    ]);
  });

  it('takes a source map that holds the source which is not in the tarball', () => {
    const map = '{"sources":["../../../other/src/a.ts","../src/index.ts"],"sourcesContent":["const a = 1;",null]}';
    expect(checkContents(tarball({}, { 'dist/index.js.map': map }))).toEqual([]);
  });

  it('refuses a range that only this workspace understands', () => {
    expect(checkContents(tarball({ dependencies: { '@reftable/y': 'workspace:^' } }))).toEqual([
      'the dependency @reftable/y has the range workspace:^',
    ]);
  });
});
