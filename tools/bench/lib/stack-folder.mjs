// @ts-check
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The paths of the tables that are a stack in the bench's folder, oldest first. @param {string} dir */
export function stackPaths(dir) {
  return readFileSync(join(dir, 'stack.txt'), 'utf8').split('\n').map((name) => join(dir, name));
}

/**
 * Makes a folder a stack of these tables, whatever it was before. They are linked: nobody writes into a table.
 * @param {string} folder
 * @param {readonly string[]} paths oldest first
 */
export function layOutStack(folder, paths) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const path of paths) linkSync(path, join(folder, basename(path)));
  writeFileSync(join(folder, 'tables.list'), paths.map((path) => `${basename(path)}\n`).join(''));
}
