/*
 * Names of refs. Inside this package they are strings of one character a byte ("latin1"), since a name need not be UTF-8.
 */

/** What `git check-ref-format` refuses. */
const FORBIDDEN = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^[/.]|[/.]$|^@?$/;

/** HEAD and its like, beside `refs/`. */
const ROOT = /^[A-Z_-]+$/;

/** What each worktree has for itself. */
const OWN = /^(?:[A-Z_-]+$|refs\/(?:worktree|bisect|rewritten)\/)/;

/** Whether a ref may have this name: also, whether it is safe as a path in a git dir. */
export function isRefName(name: string): boolean {
  return !FORBIDDEN.test(name) && (ROOT.test(name) || /^(?:refs|main-worktree|worktrees\/[^/]+)\//.test(name));
}

/** Where a ref is kept, and under what name there. */
export interface RefPlace {
  /** `own`: this worktree's; `common`: with what all share; else another worktree's of this id. */
  readonly where: 'own' | 'common' | { readonly worktree: string };
  readonly name: string;
}

/** As Git's manual says in gitrepository-layout and git-worktree ("refs"). */
export function placeOf(name: string): RefPlace {
  const [, worktree, inside] = /^(?:worktrees\/([^/]+)|main-worktree)\/(.+)$/.exec(name) ?? [];
  if (inside !== undefined && OWN.test(inside)) return { where: worktree === undefined ? 'common' : { worktree }, name: inside };
  return { where: OWN.test(name) ? 'own' : 'common', name };
}

/** A name as text (U+FFFD for what is not UTF-8). */
export function decodeName(name: string): string {
  return nameBytes(name).toString('utf8');
}

/** A name's bytes. */
export function nameBytes(name: string): Buffer {
  return Buffer.from(name, 'latin1');
}
