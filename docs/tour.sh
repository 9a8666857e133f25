#!/usr/bin/env bash
# Runs every command of the README's fenced `sh` blocks, in order, from the project's root; stops at the first that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' README.md > "$commands"
[ -s "$commands" ] || { echo "tour: no commands found in README.md" >&2; exit 1; }
bash -euo pipefail -x "$commands" < /dev/null
echo "tour: ok"
