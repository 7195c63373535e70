#!/usr/bin/env bash
# Browser tests of the page: builds the program, runs its demo and a project of 300
# attributes and 100 models, opens every view of both in headless Chromium and keeps
# screenshots in test/pages/screenshots.
#
#   bash test/pages/run.sh
#
# Needs go. Installs chromium (CHROMIUM names another), npm and curl by apt-get
# when there is none, and playwright-core and axe-core by npm into this folder.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
running=()
cleanup() {
  for pid in "${running[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
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

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
node wide.mjs "127.0.0.1:$port" 100 >"$work/wide.yaml"
"$work/sml" run "$work/wide.yaml" >"$work/wide.out" 2>&1 &
running+=($!)
"$work/sml" demo --http 127.0.0.1:0 --rate 500 --repeat >"$work/out" 2>&1 &
demo=$!
running+=("$demo")
page=
for _ in $(seq 120); do
  page=$(sed -n 's/^page at \(http[^ ]*\) .*/\1/p' "$work/out")
  if [ -n "$page" ] && curl -fs "$page"projects/shuttle/models/hba1 | grep -q '"built_from":[1-9]'; then break; fi
  kill -0 "$demo" 2>/dev/null || { cat "$work/out"; echo "the demo ended"; exit 1; }
  sleep 0.5
done
wide="http://127.0.0.1:$port/sml/"
for _ in $(seq 120); do
  if curl -fs "${wide}projects/wide/models/quality_05/evaluation-detail" | grep -q '"evaluated":true'; then break; fi
  sleep 0.5
done
node pages.mjs "$page" "$browser" screenshots "$wide"
