import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileSourceSync } from '@reftable/io/node';
import { fsckStackSync, type StackFinding } from '@reftable/stack/fsck';
import { FolderStorage } from '@reftable/stack/node';
import { verifyTableSync, type Finding } from '@reftable/table/verify';
import { EXIT, Failure } from './failure.js';
import type { Place } from './place.js';
import { count, printable } from './text.js';

/** Something found, with the path of the file that it is about. */
type Found = Omit<Finding | StackFinding, 'file'> & { readonly path: string };

/**
 * Everything that is wrong with a table, a stack, or all stacks of a repository: that of each worktree too.
 * @throws what reading throws; a `Failure` behind the last line if there were errors
 */
export function* fsck(place: Place, json: boolean): Generator<string, void, undefined> {
  const found = [...findings(place)];
  if (json) yield `${JSON.stringify(found, undefined, 2)}\n`;
  else for (const finding of found) yield lineOf(finding);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new Failure(EXIT.unreadable, `${count(errors, 'error')} found`);
}

function* findings(place: Place): Generator<Found, void, undefined> {
  if (place.kind === 'table') {
    const source = FileSourceSync.open(place.path);
    for (const finding of verifyTableSync(source)) yield located(finding, place.path);
    source.closeSync();
    return;
  }
  const folders = place.kind === 'folder' ? [place.path] : [place.repository.commonRefDir, ...worktreeFolders(place.repository.commonRefDir)];
  const hash = place.kind === 'repository' ? { hash: place.repository.objectFormat } : {};
  for (const folder of folders) {
    for (const finding of fsckStackSync(new FolderStorage(folder), hash)) yield located(finding, join(folder, finding.file));
  }
}

/** The reftable folders of linked worktrees: they stand beside the common one. */
function worktreeFolders(commonRefDir: string): string[] {
  const parent = join(commonRefDir, '../worktrees');
  try {
    return readdirSync(parent).map((name) => join(parent, name, 'reftable'));
  } catch {
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
