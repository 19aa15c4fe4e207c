import { isExistenceMarker, type LogUpdate } from '@reftable/block';
import { EXIT, Failure } from './failure.js';
import { printable, signed } from './text.js';
import type { View } from './view.js';

/** Where a short name is looked for, in Git's order. */
const PATTERNS = ['%', 'refs/%', 'refs/tags/%', 'refs/heads/%', 'refs/remotes/%', 'refs/remotes/%/HEAD'];

/**
 * A ref's log, newest first, a line each.
 * @param name full or short
 * @param raw in the form of the log files that Git keeps where refs are files; otherwise as `git reflog show --no-abbrev --date=raw` prints it
 * @throws a `Failure` if there is neither such a log nor such a ref
 */
export function* showLog(view: View, name: string, raw: boolean): Generator<string, void, undefined> {
  const fullName = findLog(view, name);
  // As Git labels them: a name that it had to look for further is given in full.
  const label = ['', 'refs/', 'refs/heads/'].some((start) => start + name === fullName) ? name : fullName;
  for (const entry of view.log(fullName)) {
    if (entry.kind === 'deletion' || isExistenceMarker(entry)) continue;
    yield raw ? fileLine(entry) : gitLine(entry, label);
  }
}

/** The full name of the first ref that is meant by a name and has a log, or else of the first that exists. */
function findLog(view: View, name: string): string {
  const names = PATTERNS.map((pattern) => pattern.replace('%', () => name));
  const found = names.find((full) => view.log(full).next().done !== true) ?? names.find((full) => view.get(full) !== undefined);
  if (found === undefined) throw new Failure(EXIT.notFound, `${name}: no such ref, and no log of one`);
  return found;
}

function gitLine(entry: LogUpdate, label: string): string {
  return `${entry.newOid} ${printable(label)}@{${entry.timeExact ?? entry.time} ${signed(entry.timeZone)}}: ${messageOf(entry)}\n`;
}

function fileLine(entry: LogUpdate): string {
  return `${entry.oldOid} ${entry.newOid} ${whoAndWhen(entry)}\t${messageOf(entry)}\n`;
}

/** Identity and time, as Git writes them into log files. */
export function whoAndWhen(entry: LogUpdate): string {
  const name = printable(entry.name, entry.nameBytes);
  const email = printable(entry.email, entry.emailBytes);
  return `${name} <${email}> ${entry.timeExact ?? entry.time} ${signed(entry.timeZone)}`;
}

/** The message, without the newline that Git stores behind it. */
export function messageOf({ message, messageBytes }: LogUpdate): string {
  return printable(message.replace(/\n$/, ''), messageBytes && withoutNewline(messageBytes));
}

export function withoutNewline(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
}
