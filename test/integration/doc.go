// Package integration holds the tests that need real servers: Apache Kafka and
// Redis. They have the build tag integration; .ci/run starts the servers on
// loopback ports and names them in SML_KAFKA (host:port) and SML_REDIS (URL):
//
//	SML_KAFKA=127.0.0.1:9092 SML_REDIS=redis://127.0.0.1:6379 go test -tags integration ./test/integration
//
// kafka/start.sh and redis/start.sh each start one server by hand.
package integration
