package main

import (
	// The engine's own: files, HTTP, processors, caches, Bloblang.
	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure/extended"

	// Redpanda Connect's files, and sockets.
	_ "github.com/redpanda-data/connect/v4/public/components/io"

	// Kafka: the redpanda and kafka_franz inputs and outputs, the topic cache.
	_ "github.com/redpanda-data/connect/v4/public/components/kafka"

	// Formats: Avro, the Confluent schema registry, MessagePack, text.
	_ "github.com/redpanda-data/connect/v4/public/components/avro"
	_ "github.com/redpanda-data/connect/v4/public/components/confluent"
	_ "github.com/redpanda-data/connect/v4/public/components/msgpack"
	_ "github.com/redpanda-data/connect/v4/public/components/text"

	// Other brokers: MQTT, NATS and its key-value cache, AMQP 0-9-1 and 1.0.
	_ "github.com/redpanda-data/connect/v4/public/components/amqp09"
	_ "github.com/redpanda-data/connect/v4/public/components/amqp1"
	_ "github.com/redpanda-data/connect/v4/public/components/mqtt"
	_ "github.com/redpanda-data/connect/v4/public/components/nats"

	// Caches.
	_ "github.com/redpanda-data/connect/v4/public/components/memcached"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"

	// SQL with the drivers for PostgreSQL and SQLite.
	_ "github.com/lib/pq"
	_ "github.com/redpanda-data/connect/v4/public/components/sql/base"
	_ "modernc.org/sqlite"

	// Metrics and traces.
	_ "github.com/redpanda-data/connect/v4/public/components/otlp"
	_ "github.com/redpanda-data/connect/v4/public/components/prometheus"
)
