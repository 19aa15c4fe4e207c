// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackages, root } from '../lib/workspace.mjs';

const documents = [root, join(root, '.changeset'), ...readPackages().map(({ dir }) => dir)].flatMap((dir) =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => join(dir, name)),
);

describe.each(documents.map((path) => path.slice(root.length + 1)))('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => String(target));
    const own = links.filter((target) => !/^[a-z]+:/.test(target));
    expect(own.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  it('names source files that are there', () => {
    const names = [...text.matchAll(/`(?:packages\/)?([a-z0-9-]+\/src\/[\w./-]+\.ts)`/g)].map(([, name]) => String(name));
    expect(names.filter((name) => !existsSync(join(root, 'packages', name)))).toEqual([]);
  });
});
