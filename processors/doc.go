// Package processors holds the Redpanda Connect processors: each file reads a
// configuration, hands batches to package live and writes its results into the
// messages.
//
//	table := live.NewTable()
//	err := processors.Register(service.GlobalEnvironment(), table)
//
// A processor returns its batch with the same messages in the same order, as
// the host re-attaches contexts by index. There is no maths here.
package processors
