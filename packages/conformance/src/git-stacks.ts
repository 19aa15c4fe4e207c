import { readJson } from './data.js';
import { casesOf, type Case, type GitGroup } from './manifest.js';
import type { Numeric, Text } from './records.js';
import { StackFiles } from './stack-files.js';

/** A ref of a merged stack: one of an object id (with what a tag points at, where that is stored) and a symbolic ref. */
export type GitRef = Text<'name'> &
  (
    | { readonly oid: string; readonly peeled?: string }
    | (Text<'symref'> & {
        /** The object id that Git gets by following the ref, `null` where there is none. It is not stored. */
        readonly resolved: string | null;
      })
  );

/** A reflog entry as Git shows it. */
export interface GitLogEntry extends Text<'name'>, Text<'email'>, Text<'message'> {
  readonly old: string;
  readonly new: string;
  /** Seconds since 1970. */
  readonly time: Numeric;
  /** As Git prints it, such as `-0330`. */
  readonly tz: string;
}

/** A ref's log, newest entry first. It may be empty and yet exist, and its ref need not exist. */
export interface GitLog extends Text<'ref'> {
  readonly entries: readonly GitLogEntry[];
}

/** A table as Git sees it. */
export interface GitTable {
  readonly name: string;
  /** Bytes in the file. */
  readonly size: number;
  /** Refs that Git finds when this table alone is listed, tombstones not counted. Given where there are several tables. */
  readonly live_refs?: number;
  /** Reflog entries, likewise. */
  readonly log_entries?: number;
}

/** What Git says is in a stack. */
export interface GitContents {
  /** In the order of `tables.list`, oldest first. */
  readonly tables: readonly GitTable[];
  /** In byte order of their names. */
  readonly refs: readonly GitRef[];
  /** In byte order of the refs' names. */
  readonly logs: readonly GitLog[];
}

/** A stack after one transaction, in the cases that model compaction. */
export interface GitHistoryStep {
  /** The refs that the transaction set. Empty in the first step: the stack before. */
  readonly update: readonly GitRef[];
  /** Lowest and highest update index and size in bytes of each table, oldest first. */
  readonly tables: readonly (readonly [min: number, max: number, size: number])[];
}

/** What Git says is in a linked worktree. */
export interface GitWorktreeContents extends GitContents {
  readonly name: string;
  /** What `git for-each-ref --include-root-refs` shows from inside it: the common refs too, all resolved. */
  readonly visible: readonly { readonly name: string; readonly oid: string }[];
}

/** `expected.json` of a stack that Git wrote. */
export interface GitExpectation extends GitContents {
  readonly case: string;
  readonly description: string;
  readonly git_version: string;
  readonly object_format: 'sha1' | 'sha256';
  /** Git's settings, defaults filled in. */
  readonly config: {
    readonly block_size: number;
    readonly restart_interval: number;
    readonly index_objects: boolean;
    readonly geometric_factor: number;
    readonly auto_compaction: 'on' | 'off' | 'mixed';
    readonly log_all_ref_updates: boolean;
  };
  /** Exit codes of `git refs verify` and `git fsck --no-dangling`. */
  readonly checks: { readonly refs_verify_exit: number; readonly fsck_exit: number };
  readonly worktrees?: readonly GitWorktreeContents[];
  readonly history?: readonly GitHistoryStep[];
}

/** The stack of a linked worktree. */
export class GitWorktreeStack extends StackFiles {
  readonly name: string;
  readonly expected: GitWorktreeContents;

  constructor(entry: Case, expected: GitWorktreeContents) {
    super(entry, `${entry.group}/${entry.name}/worktrees/${expected.name}/reftable`);
    this.name = expected.name;
    this.expected = expected;
  }
}

/** A stack that Git wrote. Files and expectation are read when first asked for. */
export class GitStack extends StackFiles {
  /** The set that it is of. */
  readonly group: GitGroup;
  /** Unique in its group: both sets have a case of each name. */
  readonly name: string;
  readonly description: string;
  readonly hash: 'sha1' | 'sha256';
  readonly #case: Case;
  #expected: GitExpectation | undefined;

  constructor(group: GitGroup, entry: Case) {
    super(entry, `${group}/${entry.name}/reftable`);
    this.#case = entry;
    this.group = group;
    this.name = entry.name;
    this.description = entry.description;
    this.hash = entry.hash;
  }

  get expected(): GitExpectation {
    return (this.#expected ??= readJson(this.#case.expectation) as GitExpectation);
  }

  /** The stacks of the linked worktrees, in cases that have any. */
  get worktrees(): readonly GitWorktreeStack[] {
    return (this.expected.worktrees ?? []).map((worktree) => new GitWorktreeStack(this.#case, worktree));
  }
}

/** The stacks that Git wrote, with Git's own listing as the expectation: those of one set, or of both. */
export function gitStacks(group?: GitGroup): readonly GitStack[] {
  const groups: readonly GitGroup[] = group === undefined ? ['git', 'git-generated'] : [group];
  return groups.flatMap((one) => casesOf(one).map((entry) => new GitStack(one, entry)));
}
