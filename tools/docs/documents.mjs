// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPackages, root } from '../lib/workspace.mjs';

/**
 * A document, and the folder from which its examples find the packages.
 * @typedef {object} Document
 * @property {string} path from the monorepo's folder
 * @property {string} home
 * @property {string} text
 */

/**
 * Every document of the project but the changelogs, which are generated.
 * @returns {Document[]}
 */
export function documents() {
  const tools = join(root, 'tools');
  // At the top level no package can be imported; from `tools`, those that it depends on.
  const folders = [[root, tools], [join(root, '.changeset'), tools], ...readPackages().map(({ dir }) => [dir, dir])];
  for (const { name } of readdirSync(tools, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    folders.push([join(tools, name), tools]);
  }
  return folders.flatMap(([dir = '', home = '']) =>
    (existsSync(dir) ? readdirSync(dir) : [])
      .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
      .map((name) => ({ path: relative(root, join(dir, name)), home, text: readFileSync(join(dir, name), 'utf8') })),
  );
}

/**
 * A fenced block of a document.
 * @typedef {object} Block
 * @property {string} name the document's path, and the line of the fence
 * @property {string} home
 * @property {string} language the word behind the fence
 * @property {string} code
 */

/**
 * The fenced blocks of a document.
 * @param {Document} document
 * @returns {Block[]}
 */
export function blocksOf({ path, home, text }) {
  return [...text.matchAll(/^( *)(`{3,})([^`\n]*)\n(.*?)^\1\2 *$/gms)].map(({ index, 3: language = '', 4: code = '' }) => ({
    name: `${path}:${text.slice(0, index).split('\n').length}`,
    home,
    language: language.trim(),
    code,
  }));
}
