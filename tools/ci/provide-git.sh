#!/usr/bin/env bash
# Prints the path of a Git that can make the golden data anew (2.52 or newer). Takes the machine's own if it is new enough;
# otherwise unpacks the one of a newer Debian suite, together with the C library that it was built for, so that the
# machine stays as it is.
#   provide-git.sh [DIR]   DIR: where to unpack it (default: ~/.cache/reftable/git)
set -euo pipefail

dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/reftable/git}
suite=sid
here=$(dirname "$(readlink -f "$0")")

# Whether a git command is there, runs, and is new enough.
fits() {
  local version
  version=$("$1" version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || return 1
  [ "$(printf '%s\n' 2.52 "$version" | sort -V | head -n 1)" = 2.52 ]
}

if fits git; then command -v git; exit; fi
if fits "$dir/core/git"; then echo "$dir/core/git"; exit; fi

rm -rf "$dir"
"$here/unpack-debian.sh" "$dir/root" "$suite" git libc6 libpcre2-8-0 zlib1g libzstd1 >&2
lib=$(dirname "$(find "$dir/root" -name 'libpcre2-8.so.0' | head -n 1)")
loader=$(find "$lib" -name 'ld-linux*.so.*' | head -n 1)

# Git's subcommands are links to the one binary: with a script in its place, all of them start through their own loader.
cp -a "$dir/root/usr/lib/git-core" "$dir/core"
rm "$dir/core/git"
cat >"$dir/core/git" <<EOF
#!/bin/sh
export GIT_EXEC_PATH='$dir/core' GIT_TEMPLATE_DIR='$dir/root/usr/share/git-core/templates'
exec '$loader' --library-path '$lib' --argv0 "\$0" '$dir/root/usr/bin/git' "\$@"
EOF
chmod +x "$dir/core/git"

fits "$dir/core/git" || { echo "the Git of Debian $suite does not run here" >&2; exit 1; }
echo "$dir/core/git"
