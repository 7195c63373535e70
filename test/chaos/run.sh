#!/usr/bin/env bash
# Proves on real servers that every message counts exactly once, whatever is
# killed, frozen or cut off. Run it from anywhere:
#
#   run.sh [--rows N] [--seed S] [--json] [--minutes M]
#   run.sh --cache file|sqlite [--kills K] [--rows N] [--seed S] [--json]
#
# The last line is the report; the exit code is 0 only when nothing is lost or
# counted twice. docs/chaos.md says more. Needs go, java 17 or later, mvn,
# python3 and, with Redis, redis-server. SML_BINARY names an rpconnect-sml that
# is built already; KEEP=1 keeps the folder with all logs.
set -euo pipefail

export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DIR=$(mktemp -d)
DRIVER=

# cleanup kills what the driver has left: only processes that it has noted and
# that still carry the name of this run's folder.
cleanup() {
	local pid
	if [ -n "$DRIVER" ] && kill -0 "$DRIVER" 2>/dev/null; then
		kill "$DRIVER" 2>/dev/null || true
		wait "$DRIVER" 2>/dev/null || true
	fi
	if [ -f "$DIR/pids" ]; then
		while read -r pid; do
			if { tr '\0' '\n' <"/proc/$pid/environ"; } 2>/dev/null | grep -qxF "SML_CHAOS=$DIR"; then
				kill -CONT "$pid" 2>/dev/null || true
				kill -KILL "$pid" 2>/dev/null || true
			fi
		done <"$DIR/pids"
	fi
	if [ -n "${KEEP:-}" ]; then
		echo "chaos: logs are in $DIR" >&2
	else
		rm -rf "$DIR"
	fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

cd "$ROOT"
go build -o "$DIR/chaos" ./test/chaos
BINARY=${SML_BINARY:-}
if [ -z "$BINARY" ]; then
	BINARY=$DIR/rpconnect-sml
	go build -o "$BINARY" ./cmd/rpconnect-sml
fi

"$DIR/chaos" --repo "$ROOT" --binary "$(realpath "$BINARY")" --dir "$DIR" "$@" &
DRIVER=$!
CODE=0
wait "$DRIVER" || CODE=$?
DRIVER=
exit "$CODE"
