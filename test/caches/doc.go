// Package caches holds the conformance tests of caches: what the state protocol
// needs of a store, run through the cache resources of the host as a pipeline
// has them. Those that need no server are always tested; redis, memcached,
// nats_kv and sql on PostgreSQL need the build tag integration and the
// variables that run.sh sets after it has started the servers:
//
//	bash test/caches/run.sh
//
// Each cache ends with a line "cache ..." for the table in docs/caches.md.
package caches
