import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { pathOf } from './data.js';
import { manifest, type Case, type DataFile, type Group } from './index.js';

const { cases, files } = manifest();
const filesOf = (entry: Case): readonly DataFile[] => [...entry.files, ...entry.readings];
const groups: readonly Group[] = ['git', 'git-generated', 'jgit/tables', 'jgit/stacks', 'crafted', 'damaged/tables', 'damaged/stacks'];
const casesOf = (group: Group) => cases.filter((entry) => entry.group === group);

test('every file of data/ is listed once', () => {
  const there = readdirSync(pathOf(''), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(pathOf(''), `${entry.parentPath}/${entry.name}`))
    .filter((path) => path !== 'manifest.json');
  const listed = [...files, ...cases.flatMap(filesOf)].map(({ path }) => path);
  expect(listed.toSorted()).toEqual(there.toSorted());
});

test.each([
  ['of no group', files] as const,
  ...groups.map((group) => [group, casesOf(group).flatMap(filesOf)] as const),
])('%s: files have the size and checksum that the manifest gives', (_, listed) => {
  for (const { path, size, sha256 } of listed) {
    const bytes = readFileSync(pathOf(path));
    expect({ path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({ path, size, sha256 });
  }
});

test('every case lies in its folder, with its expectation', () => {
  for (const { group, name, kind, expectation, files } of cases) {
    const paths = files.map(({ path }) => path);
    expect(paths).toContain(expectation);
    expect(paths.every((path) => path.startsWith(`${group}/${name}/`))).toBe(true);
    if (kind === 'table') expect(paths).toContain(`${group}/${name}/table.ref`);
  }
});

test('names are unique in their group', () => {
  expect(new Set(cases.map(({ group, name }) => `${group}/${name}`)).size).toBe(cases.length);
});

test.each(groups)('%s: no number is rounded when it is parsed', (group) => {
  for (const { path } of casesOf(group).flatMap(filesOf).filter(({ path }) => path.endsWith('.json'))) {
    const withoutStrings = readFileSync(pathOf(path), 'utf8').replace(/"(?:[^"\\]|\\.)*"/g, '');
    for (const [digits] of withoutStrings.matchAll(/-?\d{16,}/g)) {
      expect(Number.isSafeInteger(Number(digits)), `${path}: ${digits}`).toBe(true);
    }
  }
});

test('no case was lost', () => {
  const counts = Object.fromEntries(groups.map((group) => [group, casesOf(group).length]));
  expect(counts).toEqual({ git: 67, 'git-generated': 67, 'jgit/tables': 54, 'jgit/stacks': 9, crafted: 22, 'damaged/tables': 123, 'damaged/stacks': 21 });
});

test('every table that Git wrote was read by another program', () => {
  for (const { files, readings } of [...casesOf('git'), ...casesOf('git-generated')]) {
    const tables = files.map(({ path }) => path).filter((path) => path.endsWith('.ref'));
    expect(new Set(readings.map(({ table }) => table))).toEqual(new Set(tables));
  }
});
