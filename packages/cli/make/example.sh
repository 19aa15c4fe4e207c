#!/usr/bin/env bash
# Makes ../example.git, the repository that `reftable` shows when it is told of no other: a few commits, branches, tags,
# a remote's refs and reflogs, in several tables. Needs a Git with reftable (2.45 or newer): REFTABLE_GIT, or `git`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1 LC_ALL=C TZ=UTC
export GIT_AUTHOR_NAME='Ada Example' GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME='Ada Example' GIT_COMMITTER_EMAIL=ada@example.com
git=${REFTABLE_GIT:-git}
clock=1767258000
g() {
  clock=$((clock + 3600))
  GIT_AUTHOR_DATE="$clock +0100" GIT_COMMITTER_DATE="$clock +0100" "$git" -C "$work/repo" -c maintenance.auto=false -c gc.auto=0 "$@"
}
"$git" init -q --ref-format=reftable -b main "$work/repo"
g commit -q --allow-empty -m 'Begin'
g commit -q --allow-empty -m 'Read a block'
g tag v0.1
g switch -q -c feature/cursor
g commit -q --allow-empty -m 'Walk over records'
g commit -q --amend --allow-empty -m 'Walk over records without allocating'
g switch -q main
g merge -q --no-ff -m 'Merge the cursor' feature/cursor
g tag -a -m 'The first that works' v0.2
g branch release/0.2 v0.2
g update-ref -m 'fetch origin: storing head' refs/remotes/origin/main main~1
g symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
g notes add -m 'Looked at twice' main
g branch -q -D feature/cursor
g commit -q --allow-empty -m 'Write a table'
g pack-refs --all
export GIT_TEST_REFTABLE_AUTOCOMPACTION=false # from here on, every change leaves a table of its own
g commit -q --allow-empty -m 'Sign the footer'
g switch -q -c feature/stack
g commit -q --allow-empty -m 'Lock the list'
g repack -adq
rm -rf "$here/../example.git"
mkdir -p "$here/../example.git"
cd "$work/repo/.git"
"$git" config core.bare true
"$git" config --unset core.logallrefupdates
cp -R HEAD config objects refs reftable "$here/../example.git/"
cd "$here/../example.git"
find objects -type d -empty -delete
"$git" -C . for-each-ref --include-root-refs
