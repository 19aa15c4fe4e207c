import { statSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRepositorySync, readStackOptionsSync, type Repository } from '@reftable/git';
import { LIST_NAME, type StackOptions } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { EXIT, Failure } from './failure.js';

/** What a PATH is. */
export type Place =
  | { readonly kind: 'table'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'repository'; readonly repository: Repository };

/** A place where a stack is. */
export type StackPlace = Exclude<Place, { kind: 'table' }>;

/** The repository that is looked at where no PATH is given. It lies beside `src` and `dist` alike. */
export const EXAMPLE = fileURLToPath(new URL('../example.git', import.meta.url));

/**
 * A path as this process is to use it. It stays as it was given, so that output and errors have what the user knows; but for one case.
 *
 * A package manager runs a script in its package's folder and leaves where the user was in `INIT_CWD`: `pnpm reftable .git` in a subfolder
 * means that folder's. But the variable goes down to whatever any script starts, which may well have changed its folder on purpose; so it
 * counts only in a script of this command's own name. Everywhere else, the installed command included, a path starts from the working directory.
 */
export function userPath(path: string, env: NodeJS.ProcessEnv): string {
  const initial = env['INIT_CWD'];
  return env['npm_lifecycle_event'] === 'reftable' && initial !== undefined ? resolve(initial, path) : path;
}

/**
 * Finds out what a path leads to.
 * @throws a `Failure` if there is nothing; what `findRepository` throws; an error of Node's if it can't be looked at
 */
export function findPlace(path: string): Place {
  const stats = look(path);
  if (stats === undefined) throw new Failure(EXIT.missingPath, `${path}: no such file or folder`);
  if (stats.isDirectory()) {
    const isStack = look(join(path, LIST_NAME)) !== undefined;
    return isStack ? { kind: 'folder', path } : repositoryAt(path);
  }
  // A linked worktree has a file of this name, which leads to its git dir.
  return basename(path) === '.git' ? repositoryAt(dirname(resolve(path))) : { kind: 'table', path };
}

/**
 * The reftable folder of a place that is no table: a repository's own, which in a linked worktree holds only what is the worktree's alone.
 */
export function stackFolder(place: StackPlace): string {
  return place.kind === 'folder' ? place.path : place.repository.refDir;
}

/** A stack to be written to, and how. */
export interface WritableStack {
  readonly storage: FolderStorage;
  readonly options: StackOptions;
}

/** A stack to be written to as its repository wants it: with its permissions and its settings. @throws a `Failure` for a table, as `readStackOptions` */
export function writableStack(place: Place): WritableStack {
  if (place.kind === 'table') throw new Failure(EXIT.usage, `${place.path}: a table, not a repository or reftable folder`);
  if (place.kind === 'folder') return { storage: new FolderStorage(place.path), options: {} };
  const { repository } = place;
  const shared = repository.sharedRepository;
  return { storage: new FolderStorage(repository.refDir, shared === null ? {} : { shared }), options: readStackOptionsSync(repository) };
}

function repositoryAt(path: string): Place {
  const repository = findRepositorySync(path);
  if (repository.refStorage !== 'reftable') {
    throw new Failure(EXIT.unreadable, `${repository.commonDir}: not in reftable format: its refs are kept as files`);
  }
  return { kind: 'repository', repository };
}

/** What is at a path; undefined if nothing is, also because something on the way there is no folder. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure(EXIT.unreadable, `${path}: can not be read (${code ?? message})`);
  }
}
