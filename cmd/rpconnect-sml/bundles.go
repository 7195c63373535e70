package main

// What every build has. The files beside this one add more, by build tags
// (docs/licence.md says what is in each build).
import (
	// The engine's own: files, HTTP, processors, caches, Bloblang.
	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure/extended"

	// Redpanda Connect's files, and sockets.
	_ "github.com/redpanda-data/connect/v4/public/components/io"

	// Formats: Avro, MessagePack, text.
	_ "github.com/redpanda-data/connect/v4/public/components/avro"
	_ "github.com/redpanda-data/connect/v4/public/components/msgpack"
	_ "github.com/redpanda-data/connect/v4/public/components/text"

	// Other brokers: MQTT, NATS and its key-value cache.
	_ "github.com/redpanda-data/connect/v4/public/components/mqtt"
	_ "github.com/redpanda-data/connect/v4/public/components/nats"

	// Caches.
	_ "github.com/redpanda-data/connect/v4/public/components/memcached"
	_ "github.com/redpanda-data/connect/v4/public/components/redis"

	// Metrics.
	_ "github.com/redpanda-data/connect/v4/public/components/prometheus"
)
