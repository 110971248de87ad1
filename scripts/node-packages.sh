#!/bin/sh
# Installs the npm packages that FOLDER/package-lock.json names, by version and integrity, into FOLDER/node_modules:
# node-packages.sh FOLDER. No script of a package is run. Does nothing the second time.
set -eu
here=$(CDPATH="" cd -- "$(dirname "$0")/.." && pwd)
cd "$1"
stamp=node_modules/.ready
wanted=$(cat package.json package-lock.json | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
echo "Installing the npm packages of $1"
sh "$here/scripts/with-node.sh" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
  --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 >&2
echo "$wanted" >"$stamp"
