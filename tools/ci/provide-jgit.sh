#!/usr/bin/env bash
# Prints a Java class path that holds JGit with its reftable packages, unpacking Debian's package if it is not there
# yet. Needs a Java runtime.
#   provide-jgit.sh [DIR]   DIR: where to unpack it (default: ~/.cache/reftable/jgit)
set -euo pipefail

dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/reftable/jgit}
suite=sid
here=$(dirname "$(readlink -f "$0")")
jars=(org.eclipse.jgit slf4j-api slf4j-nop javaewah)

java -version >/dev/null 2>&1 || { echo "no Java runtime on this machine" >&2; exit 1; }
if [ ! -e "$dir/usr/share/java/org.eclipse.jgit.jar" ]; then
  rm -rf "$dir"
  "$here/unpack-debian.sh" "$dir" "$suite" libjgit-java libslf4j-java libjavaewah-java >&2
fi
path=$(printf ":$dir/usr/share/java/%s.jar" "${jars[@]}")
echo "${path#:}"
