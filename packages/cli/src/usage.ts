/** What `--help` prints. */
export const USAGE = `Shows what is in Git's reftables, and tends them.

Usage:
  reftable [show] [PATH] [-n N | --all]   HEAD, branches, tags, other refs, latest reflog entries, tables
  reftable ls [PATH] [--prefix P]         every ref, a line each: object id, tab, name
  reftable log NAME [PATH] [--raw]        a ref's log, newest entry first
  reftable dump PATH [--json]             every record, tombstones included, block by block
  reftable convert --to v1|v2 IN OUT      a table file in Git's format (v1) or in the container proposed for its version 2
  reftable compare PATH [--json]          what the records of PATH take, and how fast they are, in both
  reftable fsck PATH [--json]             everything that is wrong with it; of a repository, in all its worktrees
  reftable compact PATH                   merges all tables of a stack into one
  reftable clean PATH [--break-locks S]   removes what crashed processes left behind
  reftable wal dump PATH [--json]         every entry of a write-ahead log, batch by batch
  reftable wal verify PATH [--json]       whether a log is sound, how much is in it, its setsum
  reftable wal recover PATH [--cut] [--json]
                                          where a log that was not finished is to be cut; --cut: cut it there
  reftable wal to-table PATH OUT [--json] a log as a sorted table

PATH is a repository (its work tree or a folder in it, a linked worktree, a bare repository, a .git folder),
a reftable folder, or a table file. Without one, a bundled example repository is shown. For wal, it is the log's file.

Options:
  -n N         show: at most N refs of a kind, reflog entries and tables (20, 10 and 20 if not given)
  --all        show: everything
  --prefix P   ls: only refs whose full name starts with P
  --raw        log: with old ids and identities, as in the log files of repositories without reftables
  --json       dump, wal: one JSON document; of a folder or repository, the refs and logs that are live
               fsck: an array of findings; convert, compare: the figures
  --break-locks S
               clean: also locks that nobody has written to for S seconds, or "all": only if their holders are gone
  --cut        wal recover: cut off a batch that is not all there, or zeros
  --cut-damage-at OFFSET
               wal recover: cut off damage at that byte, too, and all that follows it
  --to FORMAT  convert: v1 or v2
  --help, --version

Exit codes: 1 no such ref, 2 wrong usage, 3 input damaged or not supported, 4 no such path.
`;
