/* `tables.list`: the names of a stack's tables, one a line, oldest first. */
import { ReftableError } from '@reftable/varint';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

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
  const { names, faults } = lookAtTableList(bytes, file);
  if (faults[0] !== undefined) throw faults[0];
  return names;
}

/** The names in a list that a table may have, each once, and all that is wrong with the list. @param file what the faults call it */
export function lookAtTableList(bytes: Uint8Array, file?: string): { readonly names: string[]; readonly faults: ReftableError[] } {
  const faults: ReftableError[] = [];
  const names = new Set<string>();
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) {
    faults.push(new ReftableError('format', 'LIST_UNFINISHED', 'last line does not end', { offset: bytes.length, file }));
  }
  const lines = decoder.decode(bytes).split('\n');
  // Nothing, or what does not end, and so may be the start of a name.
  lines.pop();
  for (const name of lines) {
    if (name === '') continue;
    if (!SAFE_NAME.test(name)) faults.push(new ReftableError('format', 'LIST_NAME', `unsafe name ${JSON.stringify(name)}`, { file }));
    else if (names.has(name)) faults.push(new ReftableError('format', 'LIST_DUPLICATE', `${name} is listed twice`, { file }));
    else names.add(name);
  }
  return { names: [...names], faults };
}

/** Writes a list. */
export function formatTableList(names: readonly string[]): Uint8Array {
  return encoder.encode(names.map((name) => `${name}\n`).join(''));
}
