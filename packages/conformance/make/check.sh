#!/usr/bin/env bash
# Checks the data: the independent reader against all expectations, and that what is made here comes out the same when made again.
# The deflated streams in crafted and damaged tables are those of the zlib in Node 20; another may compress otherwise.
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
python3 check.py
node manifest.mjs --check
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
cp -r . "$again/make"
cp -r ../data "$again/data"
(cd "$again/make" && python3 readings.py && node crafted.mjs && node damaged.mjs && node damaged-stacks.mjs && node manifest.mjs)
diff -r ../data "$again/data"
echo "made again, it is the same"
