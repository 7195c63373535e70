#!/usr/bin/env bash
# Browser tests of the page: builds the program, runs its demo, opens every view
# in headless Chromium and keeps screenshots in test/pages/screenshots.
#
#   bash test/pages/run.sh
#
# Needs go. Installs chromium (CHROMIUM names another), npm and curl by apt-get
# when there is none, and playwright-core and axe-core by npm into this folder.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
demo=
cleanup() {
  if [ -n "$demo" ]; then
    kill "$demo" 2>/dev/null || true
    wait "$demo" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
missing=()
[ -n "$browser" ] || missing+=(chromium)
command -v npm >/dev/null || missing+=(nodejs npm)
command -v curl >/dev/null || missing+=(curl)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  browser=${browser:-$(command -v chromium)}
fi
[ -d node_modules/axe-core ] || npm ci --no-audit --no-fund --silent
(cd ../.. && go build -o "$work/sml" ./cmd/rpconnect-sml)

"$work/sml" demo --http 127.0.0.1:0 --rate 1000 --repeat >"$work/out" 2>&1 &
demo=$!
page=
for _ in $(seq 120); do
  page=$(sed -n 's/^page at \(http[^ ]*\) .*/\1/p' "$work/out")
  if [ -n "$page" ] && curl -fs "$page"projects/shuttle/models/hba1 | grep -q '"built_from":[1-9]'; then break; fi
  kill -0 "$demo" 2>/dev/null || { cat "$work/out"; echo "the demo ended"; exit 1; }
  sleep 0.5
done
node pages.mjs "$page" "$browser" screenshots
