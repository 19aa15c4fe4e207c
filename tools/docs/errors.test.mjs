// @ts-check
// The table of all error codes says what the sources say.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackages, root } from '../lib/workspace.mjs';
import { documents } from './documents.mjs';
import { errorSites, matches, parse, parseSources } from './error-codes.mjs';

const packages = readPackages().filter(({ dir }) => existsSync(join(dir, 'src')));
const files = packages.flatMap(({ dir }) => parseSources(dir));
const sites = errorSites(files);
const text = readFileSync(join(root, 'packages/varint/ERRORS.md'), 'utf8');
const rows = [...text.matchAll(/^\| `([A-Z_\d]+)` \| ([a-z-]+) \| ([a-z\d, -]+) \| (.+) \|$/gm)].map(([, code = '', kind = '', by = '']) => ({
  code,
  kind,
  by,
}));

describe('the table of errors', () => {
  it('lists each code, its kind and who throws it, as the sources have them', () => {
    /** @type {Map<string, Set<string>>} */
    const throwers = new Map();
    for (const { code, kind, place } of sites) {
      const key = `${code} (${kind})`;
      throwers.set(key, (throwers.get(key) ?? new Set()).add(String(place.split(/[/\\]/)[1])));
    }
    const found = [...throwers].map(([key, by]) => `${key}: ${[...by].sort().join(', ')}`);
    expect(rows.map(({ code, kind, by }) => `${code} (${kind}): ${by}`)).toEqual(found.sort());
  });

  it('has a line for every code that stands in it', () => {
    expect(rows.length).toBe([...text.matchAll(/^\| `[A-Z]/gm)].length);
  });

  it('explains every kind', () => {
    const source = readFileSync(join(root, 'packages/varint/src/errors.ts'), 'utf8');
    const kinds = [...(/type ErrorKind =([^;]*);/.exec(source)?.[1]?.matchAll(/'([a-z-]+)'/g) ?? [])].map(([, kind]) => kind);
    expect([...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind)).toEqual(kinds);
  });

  it('says the same as the other documents', () => {
    const others = documents().flatMap(({ path, text }) =>
      [...text.matchAll(/^\| `([A-Z_\d]{4,})` \| ([a-z-]+) \|/gm)].map(([, code = '', kind = '']) => ({ code, kind, path })),
    );
    const known = new Set(rows.map(({ code, kind }) => `${code} ${kind}`));
    expect(others.filter(({ code, kind }) => !known.has(`${code} ${kind}`))).toEqual([]);
  });
});

it('sources match errors by codes and kinds that there are', () => {
  const known = new Set(sites.flatMap(({ code, kind }) => [code, kind]));
  expect(matches(files).filter(({ name }) => !known.has(name))).toEqual([]);
});

describe('errorSites', () => {
  /** @param {string[]} sources */
  const sitesOf = (...sources) =>
    errorSites(sources.map((source, index) => parse(`${String(index)}.ts`, source))).map(({ code, kind, place }) => `${place} ${code} ${kind}`);

  it('finds what is thrown at once, by a subclass, or by either of two ways', () => {
    expect(sitesOf("throw new ReftableError('io', 'A', 'x');")).toEqual(['0.ts:1 A io']);
    expect(sitesOf("class E extends ReftableError { constructor() { super('misuse', 'B', 'x'); } }")).toEqual(['0.ts:1 B misuse']);
    expect(sitesOf("throw new ReftableError('io', x ? 'A' : 'B', 'x');")).toEqual(['0.ts:1 A io', '0.ts:1 B io']);
  });

  it('follows functions and methods that hand on a code', () => {
    const helper = "export function damage(at: number, code: string) { return new ReftableError('format', code, ''); }";
    expect(sitesOf(helper, "damage(1, 'A');")).toEqual(['1.ts:1 A format']);
    expect(sitesOf(`class C { #d(code: string) { return this.damage(2, code); }\nf() { this.#d('A'); } }`, helper)).toEqual(['0.ts:2 A format']);
  });

  it('keeps apart functions of the same name in different files', () => {
    const [io, misuse] = ['io', 'misuse'].map((kind) => `function fail(code: string) { return new ReftableError('${kind}', code, ''); }\nfail('A');`);
    expect(sitesOf(String(io), String(misuse), "fail('B');")).toEqual(['0.ts:2 A io', '1.ts:2 A misuse']);
    expect(() => sitesOf(`export ${String(io)}`, `export ${String(misuse)}`)).toThrow('another name');
  });

  it('refuses a code that is not written out', () => {
    expect(() => sitesOf("throw new ReftableError('io', CODES[1], 'x');")).toThrow('0.ts:1: the code of this error is not written out');
    expect(() => sitesOf("throw new ReftableError(kind, 'A', 'x');")).toThrow('0.ts:1: the kind of this error is not written out');
  });
});
