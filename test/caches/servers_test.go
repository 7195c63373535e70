//go:build integration

package caches

import (
	"context"
	"fmt"
	"os"
	"testing"

	_ "github.com/lib/pq"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	_ "github.com/redpanda-data/connect/v4/public/components/memcached"
	_ "github.com/redpanda-data/connect/v4/public/components/nats"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"
)

// server returns an address that run.sh has set.
func server(t *testing.T, variable string) string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		t.Fatalf("%s names no server; test/caches/run.sh starts one", variable)
	}
	return address
}

// served are the caches that need a server. Names of tables, buckets and
// prefixes are those of a new server.
func served() []candidate {
	return []candidate{
		{name: "redis", yaml: func(t *testing.T) []string {
			return []string{fmt.Sprintf("label: st\nredis: { url: %q, prefix: conformance }", server(t, "SML_REDIS"))}
		}},
		{name: "memcached", yaml: func(t *testing.T) []string {
			return []string{fmt.Sprintf("label: st\nmemcached: { addresses: [ %q ], default_ttl: 0s }", server(t, "SML_MEMCACHED"))}
		}},
		{name: "nats_kv", yaml: func(t *testing.T) []string {
			url := server(t, "SML_NATS")
			makeBucket(t, url, "sml")
			return []string{fmt.Sprintf("label: st\nnats_kv: { urls: [ %q ], bucket: sml }", url)}
		}},
		{name: "sql postgres", yaml: func(t *testing.T) []string {
			dsn := server(t, "SML_POSTGRES")
			createTable(t, "postgres", dsn, "bytea")
			return []string{sqlYAML("postgres", dsn)}
		}},
	}
}

// makeBucket makes the bucket that the nats_kv cache needs, without expiry.
func makeBucket(t *testing.T, url, bucket string) {
	t.Helper()
	conn, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateKeyValue(context.Background(), jetstream.KeyValueConfig{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
}

func TestServed(t *testing.T) {
	for _, c := range served() {
		t.Run(c.name, func(t *testing.T) { conform(t, c.name, c.open(t)) })
	}
}
