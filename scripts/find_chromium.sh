#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests, installing Debian's package when there is none.
set -euo pipefail

find_chromium() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name"; then return 0; fi
  done
  return 1
}

find_chromium && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
{
  echo "No Chromium found: installing the distribution's package for the browser tests."
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
} >&2
find_chromium || { echo "Still no Chromium: install one and name its path in CHROMIUM." >&2; exit 1; }
