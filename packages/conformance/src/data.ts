import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the data lies: beside `src` and `dist` alike. */
const root = fileURLToPath(new URL('../data/', import.meta.url));

/** Absolute path, on this machine, of something in `data/`. */
export function pathOf(path: string): string {
  return root + path;
}

/** A file's bytes, in memory of their own. */
export function readBytes(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(pathOf(path)));
}

/** A file's parsed JSON. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(pathOf(path), 'utf8'));
}
