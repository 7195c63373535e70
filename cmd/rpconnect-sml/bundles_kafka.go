//go:build !lean && !apache

package main

// The host's inputs, outputs and cache of Kafka: redpanda, kafka, kafka_franz.
// They link one file under the Redpanda Community License (docs/licence.md);
// sml_kafka, input and output, does not.
import (
	_ "github.com/redpanda-data/connect/v4/public/components/kafka"
)
