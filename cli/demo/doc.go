// Package demo is the subcommand `demo`: the Shuttle data set goes through a
// Kafka topic, is scored, learned and read back, in one process and with
// nothing to install.
//
// The parts are those of a real deployment. The broker speaks the Kafka
// protocol on a loopback port (or is a real one), the simulator is that of the
// subcommand `simulate`, and the pipeline is config-examples/shuttle.yaml, of
// which only the cache is replaced. The demo reads the predictions that it
// reports back from their topic.
//
//	err := demo.Run(ctx, demo.Options{Partitions: 4, Once: true}, os.Stdout, os.Stderr)
//
// The package computes no statistics of its own; the measures come from model.
package demo
