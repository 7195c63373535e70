//go:build !lean

package main

// What the lean build leaves out.
import (
	// The Confluent schema registry.
	_ "github.com/redpanda-data/connect/v4/public/components/confluent"

	// AMQP 0-9-1 and 1.0.
	_ "github.com/redpanda-data/connect/v4/public/components/amqp09"
	_ "github.com/redpanda-data/connect/v4/public/components/amqp1"

	// SQL with the drivers for PostgreSQL and SQLite.
	_ "github.com/lib/pq"
	_ "github.com/redpanda-data/connect/v4/public/components/sql/base"
	_ "modernc.org/sqlite"

	// Traces.
	_ "github.com/redpanda-data/connect/v4/public/components/jaeger"
)
