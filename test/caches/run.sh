#!/usr/bin/env bash
# Runs the conformance tests of caches: those without a server, and redis,
# memcached, nats_kv and sql on PostgreSQL on servers that it starts on loopback
# ports and stops again. Ends with one line for each cache.
#
#   test/caches/run.sh
#
# Installs redis-server, memcached, nats-server and postgresql by apt-get, only
# those that are missing.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."
BASE_PORT=${SML_CACHES_PORT:-27310}
WORK=$(mktemp -d)
chmod 711 "$WORK" # PostgreSQL runs as another user
PIDS=()

cleanup() {
	local pid i
	for pid in "${PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${PIDS[@]}"; do
		for ((i = 0; i < 200; i++)); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -9 "$pid" 2>/dev/null || true
	done
	rm -rf "$WORK"
}
trap cleanup EXIT

missing=()
for pair in redis-server:redis-server memcached:memcached nats-server:nats-server postgres:postgresql; do
	command -v "${pair%%:*}" >/dev/null || ls /usr/lib/postgresql/*/bin/"${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
	apt-get update -qq
	# Packages must not start servers of their own.
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
fi

start() { # NAME SCRIPT PORT
	local pid
	pid=$("$2" "$WORK/$1" "$3")
	PIDS+=("$pid")
}
start redis test/integration/redis/start.sh "$BASE_PORT"
start memcached test/caches/memcached/start.sh $((BASE_PORT + 1))
start nats test/caches/nats/start.sh $((BASE_PORT + 2))
start postgres test/caches/postgres/start.sh $((BASE_PORT + 3))

export SML_REDIS=redis://127.0.0.1:$BASE_PORT
export SML_MEMCACHED=127.0.0.1:$((BASE_PORT + 1))
export SML_NATS=nats://127.0.0.1:$((BASE_PORT + 2))
export SML_POSTGRES="postgres://sml@127.0.0.1:$((BASE_PORT + 3))/postgres?sslmode=disable"

status=0
timeout 600 go test -buildvcs=false -count=1 -v -tags integration ./test/caches >"$WORK/test.log" 2>&1 || status=$?
grep -E '^ *--- FAIL|_test\.go:[0-9]+:|^panic' "$WORK/test.log" | grep -v ': cache ' || true
sed -n 's/.*_test\.go:[0-9]*: \(cache .*\)/\1/p' "$WORK/test.log"
tail -n 2 "$WORK/test.log"
exit "$status"
