// Writes data/manifest.json from what lies in data/. With --check, compares instead and fails on a difference.
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const data = fileURLToPath(new URL('../data/', import.meta.url));

/** Names of the folders in a folder, in byte order. @param {string} folder */
const foldersIn = (folder) =>
  readdirSync(data + folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** @param {string} path @returns {{ path: string, size: number, sha256: string }} */
function file(path) {
  const bytes = readFileSync(data + path);
  return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Every file below a folder, in byte order of its path. @param {string} folder @returns {string[]} */
function walk(folder) {
  return readdirSync(data + folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? walk(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]))
    .sort();
}

/** The independent readings of the tables below `folder`. @param {string} folder */
function readings(folder) {
  const tables = walk(folder).filter((path) => path.endsWith('.ref'));
  return tables.flatMap((table) =>
    ['jgit', 'python']
      .map((reader) => ({ reader, path: `readings/${reader}/${table.replace('/reftable/', '/')}.json` }))
      .filter(({ path }) => existsSync(data + path))
      .map(({ reader, path }) => ({ table, reader, ...file(path) })),
  );
}

/**
 * All cases of a group. `facts` takes them from the expectation of a case.
 *
 * @template T
 * @param {string} group @param {'table' | 'stack'} kind @param {(expected: T) => { hash: string, provenance: string }} facts
 */
function cases(group, kind, facts) {
  return foldersIn(group).map((name) => {
    const folder = `${group}/${name}`;
    const expected = /** @type {T & { description: string }} */ (JSON.parse(readFileSync(`${data}${folder}/expected.json`, 'utf8')));
    return {
      group,
      name,
      kind,
      ...facts(expected),
      description: expected.description,
      expectation: `${folder}/expected.json`,
      files: walk(folder).map(file),
      readings: kind === 'stack' ? readings(folder) : [],
    };
  });
}

/** @param {{ object_format: string, git_version: string }} expected */
const byGit = ({ object_format: hash, git_version: version }) => ({ hash, provenance: `written by git ${version}` });

/** @param {{ jgit_version: string }} expected */
const byJGit = ({ jgit_version: version }) => ({ hash: 'sha1', provenance: `written by jgit ${version}` });

/** @param {{ hash: string }} expected */
const assembled = ({ hash }) => ({ hash, provenance: 'assembled' });

/** @param {{ hash: string, base: string }} expected */
const made = ({ hash, base }) => ({ hash, provenance: base === 'assembled' ? base : `made from ${base}` });

const manifest = {
  format: 1,
  files: [file('git-generated/index.json'), file('sst/logs.json'), file('sst/setsums.json'), file('sst-v2/tables.json')],
  cases: [
    ...cases('git', 'stack', byGit),
    ...cases('git-generated', 'stack', byGit),
    ...cases('jgit/tables', 'table', byJGit),
    ...cases('jgit/stacks', 'stack', byJGit),
    ...cases('crafted', 'table', assembled),
    ...cases('damaged/tables', 'table', made),
    ...cases('damaged/stacks', 'stack', made),
  ],
};

const text = `${JSON.stringify(manifest, null, 1)}\n`;
if (!process.argv.includes('--check')) writeFileSync(`${data}manifest.json`, text);
else if (readFileSync(`${data}manifest.json`, 'utf8') !== text) {
  console.error('data/manifest.json does not describe what lies in data/: run make/manifest.mjs');
  process.exitCode = 1;
}
