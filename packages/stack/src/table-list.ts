/* `tables.list`: the names of a stack's tables, one a line, oldest first. */
import { ReftableError } from '@reftable/varint';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * What names a table may be listed under: a plain name that leads into no other folder, on any system. Git writes `0x<min>-0x<max>-<random>.ref`, JGit
 * the same without `0x`, also with `.log`, Git's first version no random part; but names mean nothing, so others do as well.
 */
const SAFE_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.-]*$/;

/**
 * As many bytes as a list may have: names of over a million tables. So what a list takes is bounded before it is read, and it stays below what
 * JavaScript can hold: the characters of a string, the members of a set.
 */
export const MAX_LIST_SIZE = 64 << 20;

/** How many characters of a name a message shows. */
const SHOWN = 100;

/**
 * Refuses a list for its size: to be called before one is read.
 * @throws `LIST_SIZE` (format)
 */
export function checkListSize(size: number, file: string): void {
  if (size > MAX_LIST_SIZE) throw new ReftableError('format', 'LIST_SIZE', `${size} bytes, where a list has at most ${MAX_LIST_SIZE}`, { file });
}

/**
 * Reads a list. Empty lines are passed over.
 * @param file what errors call it
 * @throws `LIST_SIZE` (more than 64 MiB), `LIST_UNFINISHED` (the last line has no newline), `LIST_NAME` (a name that no table may have),
 *   `LIST_DUPLICATE` (all format)
 */
export function parseTableList(bytes: Uint8Array, file: string): string[] {
  checkListSize(bytes.length, file);
  return lookAtTableList(bytes, ({ code, message, offset }) => {
    throw ERRORS[code](message, { file, offset });
  });
}

type Where = ConstructorParameters<typeof ReftableError>[3];

const ERRORS = {
  LIST_UNFINISHED: (message: string, where: Where) => new ReftableError('format', 'LIST_UNFINISHED', message, where),
  LIST_NAME: (message: string, where: Where) => new ReftableError('format', 'LIST_NAME', message, where),
  LIST_DUPLICATE: (message: string, where: Where) => new ReftableError('format', 'LIST_DUPLICATE', message, where),
} as const;

/** Something that is wrong with a list. */
export interface ListFault {
  readonly code: keyof typeof ERRORS;
  readonly message: string;
  readonly offset?: number;
}

/**
 * The names in a list that a table may have, each once.
 * @param bytes of a size that a list may have
 * @param onFault told of each thing that is wrong: no error is made of it, as there may be as many as bytes
 */
export function lookAtTableList(bytes: Uint8Array, onFault: (fault: ListFault) => void): string[] {
  const names = new Set<string>();
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) onFault({ code: 'LIST_UNFINISHED', message: 'last line does not end', offset: bytes.length });
  for (const name of linesOf(decoder.decode(bytes))) {
    if (name === '') continue;
    if (!SAFE_NAME.test(name)) onFault({ code: 'LIST_NAME', message: `unsafe name ${JSON.stringify(shortened(name))}` });
    else if (names.has(name)) onFault({ code: 'LIST_DUPLICATE', message: `${shortened(name)} is listed twice` });
    else names.add(name);
  }
  return [...names];
}

/** The lines that end: what does not may be the start of a name. One at a time, as empty ones would take many times their size. */
function* linesOf(text: string): Generator<string, void, undefined> {
  for (let start = 0, end; (end = text.indexOf('\n', start)) !== -1; start = end + 1) yield text.slice(start, end);
}

function shortened(name: string): string {
  return name.length <= SHOWN ? name : `${name.slice(0, SHOWN)}…`;
}

/** Writes a list. */
export function formatTableList(names: readonly string[]): Uint8Array {
  return encoder.encode(names.map((name) => `${name}\n`).join(''));
}
