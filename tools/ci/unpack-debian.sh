#!/usr/bin/env bash
# Downloads packages of a Debian suite and unpacks them under a folder, without installing anything. Uses the mirror
# and the keys that this machine's apt has; its own lists and settings are left alone.
#   unpack-debian.sh DIR SUITE PACKAGE...
set -euo pipefail

dir=$1 suite=$2
shift 2

keys=/usr/share/keyrings/debian-archive-keyring.gpg
command -v apt-get >/dev/null && [ -e "$keys" ] || { echo "no Debian apt on this machine" >&2; exit 1; }
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  grep -oE '^(deb |URIs:).*' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 || true)
[ -n "$mirror" ] || { echo "apt has no Debian mirror on this machine" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/debs"
echo "deb [signed-by=$keys] $mirror $suite main" >"$work/sources.list"
apt=(apt-get -q
  -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-
  -o "Dir::State::Lists=$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
  -o APT::Sandbox::User=root)
"${apt[@]}" update
(cd "$work/debs" && "${apt[@]}" download "$@")
mkdir -p "$dir"
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$dir"; done
