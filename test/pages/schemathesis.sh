#!/usr/bin/env bash
# Checks a running demo against the OpenAPI document that it serves.
#
#   bash test/pages/schemathesis.sh      needs go and schemathesis 4 (pip install schemathesis)
set -euo pipefail
cd "$(dirname "$0")/../.."
address=${ADDRESS:-127.0.0.1:14197}
work=$(mktemp -d)
demo=
trap '[ -z "$demo" ] || kill "$demo"; rm -rf "$work"' EXIT
go build -o "$work/sml" ./cmd/rpconnect-sml
"$work/sml" demo --http "$address" >"$work/out" 2>&1 &
demo=$!
for _ in $(seq 60); do
  if curl -fs "http://$address/sml/projects/shuttle/models/hba1" | grep -q '"built_from":49097'; then break; fi
  sleep 0.5
done
for part in "GET sml" "POST sml-write"; do
  set -- $part
  schemathesis --config-file test/pages/schemathesis.toml run "http://$address/sml/openapi.json" --url "http://$address/$2" --include-method "$1" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --max-examples "${EXAMPLES:-20}" --phases examples,coverage,fuzzing --seed 1
done
