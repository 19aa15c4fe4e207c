// Writes data/manifest.json from what lies in data/. With --check, compares instead and fails on a difference.
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const data = fileURLToPath(new URL('../data/', import.meta.url));

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(data + path, 'utf8'));

/** Names in a folder, in byte order. @param {string} folder */
const list = (folder) => (existsSync(data + folder) ? readdirSync(data + folder).sort() : []);

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

/** The independent readings of the tables below `folder`. @param {string} folder @param {string} name */
function readings(folder, name) {
  return walk(folder)
    .filter((path) => path.endsWith('.ref'))
    .flatMap((table) => {
      const inside = table.slice(folder.length + 1).replace(/^reftable\//, '').replace('/reftable/', '/');
      return ['jgit', 'python']
        .filter((reader) => existsSync(`${data}readings/${reader}/${name}/${inside}.json`))
        .map((reader) => ({ table, reader, ...file(`readings/${reader}/${name}/${inside}.json`) }));
    });
}

/**
 * All cases of a group. @param {string} group @param {'table' | 'stack'} kind @param {(expected: any) => { hash: string, provenance: string }} facts
 */
function cases(group, kind, facts) {
  return list(group).map((name) => {
    const folder = `${group}/${name}`;
    const expected = json(`${folder}/expected.json`);
    return {
      group,
      name,
      kind,
      ...facts(expected),
      description: expected.description,
      expectation: `${folder}/expected.json`,
      files: walk(folder).map(file),
      readings: kind === 'stack' ? readings(folder, name) : [],
    };
  });
}

/** @param {{ hash: string, base: string }} expected */
const made = ({ hash, base }) => ({ hash, provenance: base === 'assembled' ? base : `made from ${base}` });

const manifest = {
  format: 1,
  cases: [
    ...cases('git', 'stack', (expected) => ({ hash: expected.object_format, provenance: `written by git ${expected.git_version}` })),
    ...cases('jgit/tables', 'table', (expected) => ({ hash: 'sha1', provenance: `written by jgit ${expected.jgit_version}` })),
    ...cases('jgit/stacks', 'stack', (expected) => ({ hash: 'sha1', provenance: `written by jgit ${expected.jgit_version}` })),
    ...cases('crafted', 'table', (expected) => ({ hash: expected.hash, provenance: 'assembled' })),
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
