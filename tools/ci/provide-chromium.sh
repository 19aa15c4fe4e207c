#!/usr/bin/env bash
# Prints the path of Chromium, installing Debian's package first if there is none and we may.
set -euo pipefail

if ! command -v chromium >/dev/null; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "no Chromium on this machine, and no right to install it" >&2; exit 1; }
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends chromium; } >&2
fi
command -v chromium
