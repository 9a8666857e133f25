#!/usr/bin/env bash
# Runs every command of the README's fenced `sh` blocks, in order, from the project's root, and stops at the first that fails.
# Lines that start `mvn` are left to whoever builds; the rest is run as it stands.
set -euo pipefail
cd "$(dirname "$0")/.."
awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' README.md | grep -v '^mvn ' > "${TMPDIR:-/tmp}/fluid-tour.$$"
trap 'rm -f "${TMPDIR:-/tmp}/fluid-tour.$$"' EXIT
while IFS= read -r line; do
  [ -z "$line" ] && continue
  printf '\n$ %s\n' "$line"
done < "${TMPDIR:-/tmp}/fluid-tour.$$"
bash -euo pipefail -x "${TMPDIR:-/tmp}/fluid-tour.$$" < /dev/null
