#!/usr/bin/env bash
# Browser tests of the page: builds the program, runs its demo, opens every view
# in headless Chromium and keeps screenshots in test/pages/screenshots.
#
#   bash test/pages/run.sh            needs go, npm and chromium (CHROMIUM=path)
set -euo pipefail
cd "$(dirname "$0")"
browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome)}
address=${ADDRESS:-127.0.0.1:14196}
work=$(mktemp -d)
demo=
trap '[ -z "$demo" ] || kill "$demo"; rm -rf "$work"' EXIT
[ -d node_modules ] || npm ci --no-audit --no-fund
(cd ../.. && go build -o "$work/sml" ./cmd/rpconnect-sml)
"$work/sml" demo --http "$address" --rate 1000 >"$work/out" 2>&1 &
demo=$!
for _ in $(seq 60); do
  if curl -fs "http://$address/sml/projects/shuttle/models/hba1" | grep -q '"built_from":[1-9]'; then break; fi
  sleep 0.5
done
node pages.mjs "http://$address/sml/" "$browser" screenshots
