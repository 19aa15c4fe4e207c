import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileSourceSync } from '@reftable/io/node';
import type { SstSync } from '@reftable/sst-v2';
import type { GitTableSync } from '@reftable/sst-v2/git';
import { fsckStackSync, type StackFinding } from '@reftable/stack/fsck';
import { FolderStorage } from '@reftable/stack/node';
import { verifyTableSync, type Finding } from '@reftable/table/verify';
import { isReftableError } from '@reftable/varint';
import { isContainer, openAnyTable, openOtherContainer } from './any-table.js';
import { EXIT, Failure } from './failure.js';
import type { Place } from './place.js';
import { count, printable } from './text.js';

/** Something found, with the path of the file that it is about. */
type Found = Omit<Finding | StackFinding, 'file' | 'code'> & { readonly code: string; readonly path: string };

/**
 * Everything that is wrong with a table, a stack, or all stacks of a repository: that of each worktree too.
 * @throws what reading throws; a `Failure` behind the last line if there were errors
 */
export async function fsck(place: Place, json: boolean): Promise<Iterable<string>> {
  const isOne = place.kind === 'table' && isContainerFile(place.path);
  return report(isOne ? await containerFindings(place.path) : [...findings(place)], json);
}

function* report(found: readonly Found[], json: boolean): Generator<string, void, undefined> {
  if (json) yield `${JSON.stringify(found, undefined, 2)}\n`;
  else for (const finding of found) yield lineOf(finding);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new Failure(EXIT.unreadable, `${count(errors, 'error')} found`);
}

function isContainerFile(path: string): boolean {
  const source = FileSourceSync.open(path);
  const isOne = isContainer(source);
  source.closeSync();
  return isOne;
}

/** The first thing that is wrong with a table in the proposed container: behind it nothing can be relied on. */
async function containerFindings(path: string): Promise<Found[]> {
  try {
    const table = (await openOtherContainer(path)) ?? (await openAnyTable(path)).table;
    (table as SstSync | GitTableSync).verify();
    table.close();
    return [];
  } catch (error) {
    if (!isReftableError(error, 'format', 'unsupported')) throw error;
    const { code, offset, message } = error;
    const start = `${path}: `.length;
    const end = offset === undefined ? message.length : message.length - ` at byte ${offset}`.length;
    return [{ code, severity: 'error', message: message.slice(start, end), ...(offset !== undefined && { offset }), path }];
  }
}

function* findings(place: Place): Generator<Found, void, undefined> {
  if (place.kind === 'table') {
    const source = FileSourceSync.open(place.path);
    for (const finding of verifyTableSync(source)) yield located(finding, place.path);
    source.closeSync();
    return;
  }
  const folders = place.kind === 'folder' ? [place.path] : [place.repository.commonRefDir, ...(yield* worktreeFolders(place.repository.commonRefDir))];
  const hash = place.kind === 'repository' ? { hash: place.repository.objectFormat } : {};
  for (const folder of folders) {
    for (const finding of fsckStackSync(new FolderStorage(folder), hash)) yield located(finding, join(folder, finding.file));
  }
}

/** The reftable folders of linked worktrees: they stand beside the common one. Without linked worktrees, there is no place for them. */
function* worktreeFolders(commonRefDir: string): Generator<Found, string[], undefined> {
  const parent = join(commonRefDir, '../worktrees');
  try {
    const entries = readdirSync(parent, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name, 'reftable'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') yield { code: 'FOLDER_UNREADABLE', severity: 'error', message, path: parent };
    return [];
  }
}

function located({ code, severity, message, offset, section }: Finding | StackFinding, path: string): Found {
  return { code, severity, message, ...(offset !== undefined && { offset }), ...(section !== undefined && { section }), path };
}

function lineOf({ severity, code, path, offset, message }: Found): string {
  const place = offset === undefined ? path : `${path}:${offset}`;
  return `${severity} ${code} ${printable(place)}: ${printable(message)}\n`;
}
