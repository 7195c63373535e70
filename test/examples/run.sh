#!/usr/bin/env bash
# Runs the examples of config-examples against the servers that they need, which
# it starts on loopback ports and stops again: redis-server, nats-server and
# mosquitto. Brokers of Kafka and webhooks are in the tests themselves.
#
#   SML_BINARY=/path/to/rpconnect-sml test/examples/run.sh [ARGUMENTS OF go test]
#
# Without SML_BINARY it builds one. Installs what is missing by apt-get.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."
PORT=${SML_EXAMPLES_PORT:-27410}
WORK=$(mktemp -d)
PIDS=()

cleanup() {
	local pid
	for pid in "${PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${PIDS[@]}"; do
		while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
	done
	rm -rf "$WORK"
}
trap cleanup EXIT

missing=()
for name in redis-server nats-server mosquitto; do
	command -v "$name" >/dev/null || [ -x "/usr/sbin/$name" ] || missing+=("$name")
done
if [ ${#missing[@]} -gt 0 ]; then
	apt-get update -qq
	# Packages must not start servers of their own.
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
PATH=$PATH:/usr/sbin

PIDS+=("$(test/integration/redis/start.sh "$WORK/redis" "$PORT")")
PIDS+=("$(test/caches/nats/start.sh "$WORK/nats" $((PORT + 1)))")
printf 'listener %d 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n' $((PORT + 2)) >"$WORK/mosquitto.conf"
mosquitto -c "$WORK/mosquitto.conf" >"$WORK/mosquitto.log" 2>&1 &
PIDS+=($!)

if [ -z "${SML_BINARY:-}" ]; then
	export SML_BINARY=$WORK/rpconnect-sml
	go build -o "$SML_BINARY" ./cmd/rpconnect-sml
fi
SML_REDIS=redis://127.0.0.1:$PORT SML_NATS=nats://127.0.0.1:$((PORT + 1)) SML_MQTT=tcp://127.0.0.1:$((PORT + 2)) \
	go test -count=1 -tags integration -timeout 15m ./test/examples "$@"
