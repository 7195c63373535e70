#!/usr/bin/env bash
# Starts one PostgreSQL server on a loopback port, waits until it serves and
# prints its process id. The user is "sml", without a password; the database is
# "postgres".
#
#   start.sh DIR PORT
#
# DIR is made when it does not exist; it holds the data and postgres.log. The
# server refuses to run as root and then runs as the user postgres.
set -euo pipefail

DIR=${1:?usage: start.sh DIR PORT}
PORT=${2:?usage: start.sh DIR PORT}
READY_SECONDS=30

BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
BIN=${BIN:-$(dirname "$(command -v postgres)")}

AS=()
mkdir -p "$DIR"
if [ "$(id -u)" = 0 ]; then
	chown postgres "$DIR"
	AS=(runuser -u postgres --)
fi
cd "$DIR"
if [ ! -e "$DIR/data" ]; then
	"${AS[@]}" "$BIN/initdb" -D "$DIR/data" -U sml -A trust -E UTF8 >"$DIR/initdb.log" 2>&1 </dev/null
fi
"${AS[@]}" "$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/data/postgres.log" -t "$READY_SECONDS" -w \
	-o "-h 127.0.0.1 -p $PORT -k ''" start >"$DIR/start.log" 2>&1 </dev/null || {
	tail -n 20 "$DIR/start.log" "$DIR/data/postgres.log" >&2
	echo "postgres: not serving on port $PORT, see $DIR/data/postgres.log" >&2
	exit 1
}
head -n 1 "$DIR/data/postmaster.pid"
