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
 * @param onFault told of each thing that is wrong: no error is made of it, as there may be as many as bytes
 */
export function lookAtTableList(bytes: Uint8Array, onFault: (fault: ListFault) => void): string[] {
  const names = new Set<string>();
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) onFault({ code: 'LIST_UNFINISHED', message: 'last line does not end', offset: bytes.length });
  const lines = decoder.decode(bytes).split('\n');
  // Nothing, or what does not end, and so may be the start of a name.
  lines.pop();
  for (const name of lines) {
    if (name === '') continue;
    if (!SAFE_NAME.test(name)) onFault({ code: 'LIST_NAME', message: `unsafe name ${JSON.stringify(name)}` });
    else if (names.has(name)) onFault({ code: 'LIST_DUPLICATE', message: `${name} is listed twice` });
    else names.add(name);
  }
  return [...names];
}

/** Writes a list. */
export function formatTableList(names: readonly string[]): Uint8Array {
  return encoder.encode(names.map((name) => `${name}\n`).join(''));
}
