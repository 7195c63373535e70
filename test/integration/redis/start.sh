#!/usr/bin/env bash
# Starts one Redis server on a loopback port, waits until it serves and prints
# its process id.
#
#   start.sh DIR PORT
#
# DIR is made when it does not exist; it holds the data and redis.log. Every
# write is in the append-only file before it is answered, so that the server
# goes on with its data when it is started again after a kill -9. That takes
# appendfsync always: with everysec, writes are answered while they are held
# back in memory for up to two seconds whenever a sync is under way.
set -euo pipefail

DIR=${1:?usage: start.sh DIR PORT}
PORT=${2:?usage: start.sh DIR PORT}
READY_SECONDS=20

mkdir -p "$DIR"
redis-server --bind 127.0.0.1 --port "$PORT" --dir "$DIR" --save '' --appendonly yes --appendfsync always \
	>>"$DIR/redis.log" 2>&1 </dev/null &
PID=$!

for ((i = 0; i < READY_SECONDS * 10; i++)); do
	if [ "$(redis-cli -h 127.0.0.1 -p "$PORT" ping 2>/dev/null)" = PONG ]; then
		echo "$PID"
		exit 0
	fi
	if ! kill -0 "$PID" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
tail -n 20 "$DIR/redis.log" >&2
echo "redis: not serving on port $PORT, see $DIR/redis.log" >&2
kill "$PID" 2>/dev/null || true
exit 1
