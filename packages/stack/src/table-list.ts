/* `tables.list`: the names of a stack's tables, one a line, oldest first. */
import { ReftableError } from '@reftable/varint';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What names a table may be listed under: a plain name that leads nowhere else on any system. Git writes `0x<min>-0x<max>-<random>.ref`, JGit
 * the same without `0x`, also with `.log`, Git's first version no random part; but names mean nothing, so others do as well.
 */
const SAFE_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.-]*$/;

/**
 * Reads a list. Empty lines are passed over.
 * @param file what errors call it
 * @throws `LIST_UNFINISHED` (the last line has no newline), `LIST_NAME` (a name that no table may have), `LIST_DUPLICATE` (all format)
 */
export function parseTableList(bytes: Uint8Array, file: string): string[] {
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) {
    throw new ReftableError('format', 'LIST_UNFINISHED', 'last line does not end', { offset: bytes.length, file });
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ReftableError('format', 'LIST_NAME', 'names are not text', { file });
  }
  const names = text.split('\n').filter((line) => line !== '');
  const seen = new Set<string>();
  for (const name of names) {
    if (!SAFE_NAME.test(name)) throw new ReftableError('format', 'LIST_NAME', `unsafe name ${JSON.stringify(name)}`, { file });
    if (seen.has(name)) throw new ReftableError('format', 'LIST_DUPLICATE', `${name} is listed twice`, { file });
    seen.add(name);
  }
  return names;
}

/** Writes a list. */
export function formatTableList(names: readonly string[]): Uint8Array {
  return encoder.encode(names.map((name) => `${name}\n`).join(''));
}
