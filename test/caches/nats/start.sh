#!/usr/bin/env bash
# Starts one NATS server with JetStream on a loopback port, waits until it
# serves and prints its process id.
#
#   start.sh DIR PORT
#
# DIR is made when it does not exist; it holds the data and nats.log.
set -euo pipefail

DIR=${1:?usage: start.sh DIR PORT}
PORT=${2:?usage: start.sh DIR PORT}
READY_SECONDS=20

mkdir -p "$DIR"
nats-server -a 127.0.0.1 -p "$PORT" -js -sd "$DIR" >>"$DIR/nats.log" 2>&1 </dev/null &
PID=$!

for ((i = 0; i < READY_SECONDS * 10; i++)); do
	if grep -q 'Server is ready' "$DIR/nats.log" 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
		echo "$PID"
		exit 0
	fi
	if ! kill -0 "$PID" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
tail -n 20 "$DIR/nats.log" >&2
echo "nats: not serving on port $PORT, see $DIR/nats.log" >&2
kill "$PID" 2>/dev/null || true
exit 1
