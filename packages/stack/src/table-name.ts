/*
 * Names of files in a stack's folder:
 *
 *   tables.list                                  the list
 *   0x<min>-0x<max>-<random>.ref                 a table: its update indexes in 12 or more hex digits, and 8 random ones
 *   0x<min>-0x<max>-<random>.temp.<6 letters>    a table that is being written
 *   <name>.lock                                  the lock of a list or table
 *
 * JGit leaves out `0x`, ends the name of a table of logs with `.log`, and that of one being written with `_<digits>.ref`;
 * Git's first version had no random part.
 */

/** The name of the list. */
export const LIST_NAME = 'tables.list';

/** Behind the name of what is locked. */
export const LOCK_SUFFIX = '.lock';

const TABLE = /^(?:0x)?([0-9a-f]{1,16})-(?:0x)?([0-9a-f]{1,16})(?:-(?:0x)?[0-9a-f]{1,16})?\.[0-9a-z]+$/i;
/** How the names of tables end that Git and JGit write. */
const GIT_ENDING = /\.(?:ref|log)$/i;
const TEMPORARY = /\.temp\.[0-9A-Za-z]{6}$/;
const JGIT_TEMPORARY = /_[0-9]+\.(?:ref|log)$/;
/** JGit may link its lock to a second name, and Git write beside it whose it is. */
const LOCK = /\.lock(?:\.[0-9a-f]+)?$/;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** What a file in a stack's folder is, as its name says. */
export type FileKind = 'list' | 'lock' | 'table' | 'temporary' | 'jgit-temporary' | 'other';

/**
 * What a file is, as its name says.
 * @param ending that of the stack's table format; what else has a table's name is none
 */
export function kindOfFile(name: string, ending = '.ref'): FileKind {
  if (name === LIST_NAME) return 'list';
  if (LOCK.test(name)) return 'lock';
  if (TEMPORARY.test(name)) return 'temporary';
  if (JGIT_TEMPORARY.test(name)) return 'jgit-temporary';
  return TABLE.test(name) && (GIT_ENDING.test(name) || name.endsWith(ending)) ? 'table' : 'other';
}

/** The update indexes in a table's name; undefined if it has none. */
export function rangeInName(name: string): { readonly min: bigint; readonly max: bigint } | undefined {
  const match = TABLE.exec(name);
  return match === null ? undefined : { min: BigInt(`0x${match[1]!}`), max: BigInt(`0x${match[2]!}`) };
}

/**
 * The name of a new table.
 * @param random 32 random bits: a name must never come back
 * @param ending the table format's, such as `.ref`
 */
export function tableName(min: bigint, max: bigint, random: number, ending: string): string {
  return baseName(min, max, random) + ending;
}

/** The name under which a new table is written. */
export function temporaryName(min: bigint, max: bigint, random: number, more: number): string {
  let letters = '';
  for (let index = 0, rest = more; index < 6; index++, rest = Math.floor(rest / LETTERS.length)) letters += LETTERS[rest % LETTERS.length]!;
  return `${baseName(min, max, random)}.temp.${letters}`;
}

function baseName(min: bigint, max: bigint, random: number): string {
  return `0x${hex(min, 12)}-0x${hex(max, 12)}-${hex(random, 8)}`;
}

function hex(value: bigint | number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
