import { readJson } from './data.js';
import { casesOf, type Case } from './manifest.js';
import type { LogRecord, RefRecord, TableContents } from './records.js';
import { StackFiles } from './stack-files.js';
import { TableCase } from './table-case.js';

/** What Git made of a table or stack that JGit wrote: see `README.md`. */
export interface GitAnswers {
  readonly version: string;
  readonly for_each_ref: boolean;
  readonly symref_targets: boolean;
  readonly logs: boolean;
  readonly logs_note?: string;
  readonly refs_verify_exit: number;
  readonly refs_verify_says: readonly string[];
  readonly pack_refs_exit: number;
  readonly pack_refs_says?: string;
  readonly same_after_pack_refs: boolean | null;
}

/** What the expectations of JGit's tables and stacks share. */
interface JGitExpectation {
  readonly case: string;
  readonly description: string;
  readonly jgit_version: string;
  /** Whether Git agrees in everything that it was asked. */
  readonly git_reads: boolean;
  readonly git_reads_why: string;
  readonly git: GitAnswers;
}

/** `expected.json` of a table that JGit wrote: every record, as it was given to JGit's writer. */
export interface JGitTableExpectation extends JGitExpectation, TableContents {
  /** What JGit's `ReftableConfig` was given; `null` is its default. */
  readonly options: {
    readonly refBlockSize: number | null;
    readonly logBlockSize: number | null;
    readonly restartInterval: number | null;
    readonly maxIndexLevels: number | null;
    readonly alignBlocks: boolean | null;
    readonly indexObjects: boolean | null;
  };
  /** What JGit's writer reported, in its own terms. */
  readonly writer_statistics: Readonly<Record<string, number>>;
}

/** `expected.json` of a stack that JGit wrote: the merged view, without tombstones. */
export interface JGitStackExpectation extends JGitExpectation {
  /** Section `reftable` of the repository's config. */
  readonly config: Readonly<Record<string, string>>;
  /** Whether JGit's merged view agrees. */
  readonly jgit_reads: boolean;
  /** The next transaction's. */
  readonly nextUpdateIndex: number;
  /** In the order of `tables.list`, oldest first. */
  readonly tables: readonly {
    readonly name: string;
    readonly size: number;
    readonly minUpdateIndex: number;
    readonly maxUpdateIndex: number;
    readonly ref_records: number;
    readonly log_records: number;
  }[];
  readonly refs: readonly RefRecord[];
  readonly logs: readonly LogRecord[];
  /** Each transaction, and the tables after it and the compaction that followed. */
  readonly history: readonly { readonly op: string; readonly tables: readonly { readonly name: string; readonly size: number }[] }[];
}

/** A stack that JGit wrote. */
export class JGitStack extends StackFiles {
  readonly name: string;
  readonly description: string;
  readonly #case: Case;
  #expected: JGitStackExpectation | undefined;

  constructor(entry: Case) {
    super(entry, `jgit/stacks/${entry.name}/reftable`);
    this.#case = entry;
    this.name = entry.name;
    this.description = entry.description;
  }

  get expected(): JGitStackExpectation {
    return (this.#expected ??= readJson(this.#case.expectation) as JGitStackExpectation);
  }
}

/** The single tables that JGit wrote, every record known. */
export function jgitTables(): readonly TableCase<JGitTableExpectation>[] {
  return casesOf('jgit/tables').map((entry) => new TableCase(entry));
}

/** The stacks that JGit wrote. */
export function jgitStacks(): readonly JGitStack[] {
  return casesOf('jgit/stacks').map((entry) => new JGitStack(entry));
}
