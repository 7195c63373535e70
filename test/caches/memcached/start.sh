#!/usr/bin/env bash
# Starts one memcached on a loopback port, waits until it serves and prints its
# process id.
#
#   start.sh DIR PORT
#
# DIR is made when it does not exist; it holds memcached.log. -M makes a full
# cache refuse values instead of evicting old ones, which would lose state.
set -euo pipefail

DIR=${1:?usage: start.sh DIR PORT}
PORT=${2:?usage: start.sh DIR PORT}
READY_SECONDS=20

mkdir -p "$DIR"
memcached -u nobody -l 127.0.0.1 -p "$PORT" -U 0 -M -m 256 >>"$DIR/memcached.log" 2>&1 </dev/null &
PID=$!

for ((i = 0; i < READY_SECONDS * 10; i++)); do
	if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
		echo "$PID"
		exit 0
	fi
	if ! kill -0 "$PID" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
tail -n 20 "$DIR/memcached.log" >&2
echo "memcached: not serving on port $PORT, see $DIR/memcached.log" >&2
kill "$PID" 2>/dev/null || true
exit 1
