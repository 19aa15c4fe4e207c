/* Where a repository is: the way up from a folder, as Git goes it. */
import { dirname, join, resolve } from 'node:path';
import { ReftableError } from '@reftable/varint';
import { LookRequest, RealPathRequest, type Found, type GitCore } from './requests.js';

/** What leads to a repository. */
export interface GitDir {
  /** Absolute path of the git dir: for a linked worktree its own. */
  readonly gitDir: string;
  /** Absolute path of the git dir that the worktrees share. */
  readonly commonDir: string;
  /** The folder whose `.git` led here; undefined where the git dir itself, or something in it, did. */
  readonly entrance: string | undefined;
  /** What the git dir has for a HEAD. */
  readonly head: Found;
}

/** @throws `NOT_A_REPOSITORY` (not-found), `GIT_FILE` (format), `FILE_OPEN` (io) */
export function* findGitDir(dir: string): GitCore<GitDir> {
  const start = new RealPathRequest(dir);
  yield start;
  if (start.real === undefined) throw new ReftableError('not-found', 'NOT_A_REPOSITORY', 'no such folder', { file: dir });
  for (let folder = start.real; ; folder = dirname(folder)) {
    const found = (yield* enter(folder)) ?? (yield* asGitDir(folder, undefined));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) break;
  }
  throw new ReftableError('not-found', 'NOT_A_REPOSITORY', 'neither this nor a folder above it is a Git repository', { file: dir });
}

/** By the folder's `.git`: a folder, or a file that says where the folder is. */
function* enter(folder: string): GitCore<GitDir | undefined> {
  const path = join(folder, '.git');
  const found = yield* look(path);
  if (found?.kind === 'folder') return yield* asGitDir(path, folder);
  if (found?.kind !== 'file') return undefined;
  const target = /^gitdir: ([^]+?)[\r\n]*$/.exec(found.bytes.toString())?.[1];
  if (target === undefined) throw new ReftableError('format', 'GIT_FILE', 'does not say where the git dir is', { file: path });
  const gitDir = yield* asGitDir(resolve(folder, target), folder);
  if (gitDir === undefined) throw new ReftableError('format', 'GIT_FILE', `leads to ${target}, which is no git dir`, { file: path });
  return gitDir;
}

/** Takes a folder for a git dir if it looks like one: with a HEAD that can be, and `objects` and `refs` in it or in its common dir. */
function* asGitDir(gitDir: string, entrance: string | undefined): GitCore<GitDir | undefined> {
  const head = new LookRequest(join(gitDir, 'HEAD'), false);
  yield head;
  if (head.found === undefined || !canBeHead(head.found)) return undefined;
  const pointer = yield* look(join(gitDir, 'commondir'));
  const commonDir = pointer?.kind === 'file' ? resolve(gitDir, pointer.bytes.toString().replace(/[\r\n]+$/, '')) : gitDir;
  for (const name of ['objects', 'refs']) {
    if ((yield* look(join(commonDir, name)))?.kind !== 'folder') return undefined;
  }
  return { gitDir, commonDir, entrance, head: head.found };
}

/** With reftable, HEAD is a stub; but it is a HEAD all the same. */
function canBeHead(found: Found): boolean {
  if (found.kind === 'link') return found.target.toString('latin1').startsWith('refs/');
  return found.kind === 'file' && /^(?:ref:\s*refs\/|[0-9a-f]{40})/i.test(found.bytes.toString('latin1'));
}

/** What is at a path, links followed. */
export function* look(path: string): GitCore<Found | undefined> {
  const request = new LookRequest(path, true);
  yield request;
  return request.found;
}
