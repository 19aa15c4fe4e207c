import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as door from './index.js';

test('the door opens on these', () => {
  expect(Object.keys(door).sort()).toEqual(['Sst', 'SstCore', 'SstSync', 'SstWriter', 'openSst', 'openSstCore', 'openSstSync']);
});

/** The packages that a source file leads to, itself and through those that it imports. */
function packagesFrom(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const found = new Set<string>();
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
    if (!specifier!.startsWith('.')) found.add(specifier!.split('/').slice(0, 2).join('/'));
    else for (const name of packagesFrom(resolve(dirname(file), specifier!.replace(/\.js$/, '.ts')), seen)) found.add(name);
  }
  return found;
}

test('the container needs only varint, io and block: it knows nothing of Git', () => {
  const packages = packagesFrom(resolve(import.meta.dirname, 'index.ts'));
  expect([...packages].sort()).toEqual(['@reftable/block', '@reftable/io', '@reftable/varint']);
});
