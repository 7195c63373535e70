#!/usr/bin/env bash
# Starts one Apache Kafka broker (KRaft, broker and controller in one process)
# on a loopback port, waits until it serves and prints its process id.
#
#   start.sh DIR PORT
#
# DIR is made when it does not exist; it holds data, settings and kafka.log.
# Started again with the same arguments, also after a kill -9, the broker goes
# on with its data. KAFKA_HEAP sets the heap, 512m by default, and
# KAFKA_READY_SECONDS how long it may take to serve, 90 by default. Needs java
# 17 or later, mvn and python3; the jars are fetched into target/ beside this
# script.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DIR=${1:?usage: start.sh DIR PORT}
PORT=${2:?usage: start.sh DIR PORT}
LIBS=$HERE/target/libs
SETTINGS=$DIR/server.properties
LOG=$DIR/kafka.log
READY_SECONDS=${KAFKA_READY_SECONDS:-90}

if ! ls "$LIBS"/kafka_2.13-*.jar >/dev/null 2>&1; then
	mvn -q -B -Dstyle.color=never -f "$HERE/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$LIBS" >&2
fi

mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd)
if [ ! -f "$SETTINGS" ]; then
	CONTROLLER=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$SETTINGS" <<-SETTINGS
		process.roles=broker,controller
		node.id=1
		controller.quorum.voters=1@127.0.0.1:$CONTROLLER
		listeners=PLAINTEXT://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$CONTROLLER
		advertised.listeners=PLAINTEXT://127.0.0.1:$PORT
		controller.listener.names=CONTROLLER
		listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
		log.dirs=$DIR/data
		offsets.topic.replication.factor=1
		offsets.topic.num.partitions=4
		transaction.state.log.replication.factor=1
		transaction.state.log.min.isr=1
		transaction.state.log.num.partitions=4
		group.initial.rebalance.delay.ms=0
		group.min.session.timeout.ms=1000
		auto.create.topics.enable=false
	SETTINGS
fi

JAVA=(java "-Xmx${KAFKA_HEAP:-512m}" -Dorg.slf4j.simpleLogger.defaultLogLevel=info -cp "$LIBS/*")

if [ ! -f "$DIR/data/meta.properties" ]; then
	ID=$("${JAVA[@]}" kafka.tools.StorageTool random-uuid 2>/dev/null)
	"${JAVA[@]}" kafka.tools.StorageTool format --cluster-id "$ID" --config "$SETTINGS" >>"$LOG" 2>&1
fi

SKIP=$(wc -c <"$LOG")
"${JAVA[@]}" kafka.Kafka "$SETTINGS" >>"$LOG" 2>&1 </dev/null &
PID=$!

for ((i = 0; i < READY_SECONDS * 10; i++)); do
	if tail -c "+$((SKIP + 1))" "$LOG" | grep -q 'Kafka Server started'; then
		echo "$PID"
		exit 0
	fi
	if ! kill -0 "$PID" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
tail -n 40 "$LOG" >&2
echo "kafka: not serving on port $PORT, see $LOG" >&2
kill "$PID" 2>/dev/null || true
exit 1
