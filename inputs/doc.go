// Package inputs holds the inputs of rpconnect-sml. There is one, sml_kafka,
// which reads topics of Kafka so that every record is delivered at least once
// and its position can be trusted.
//
// The contract, each line held by a test:
//
//   - The offset that is committed never passes a record that has not been
//     acknowledged, whatever is revoked, lost, rejected or restarted.
//   - No rebalance begins between the moment records are read and the moment
//     they are registered in the ledger.
//   - What is kept about a partition belongs to one assignment of it. An
//     acknowledgement that arrives after the assignment has ended changes
//     nothing.
//   - The metadata that names a position is set by the input and cannot be set
//     by a header of the record.
//
// How a record travels: the poll loop (poll.go) takes it from the client and
// registers it in the ledger (ledger.go, assignment.go); ReadBatch (input.go)
// hands it out with its metadata (message.go); the acknowledgement (delivery.go)
// advances the assignment; the commit loop (commit.go) and the callbacks of a
// rebalance (rebalance.go) tell the broker.
//
// The package does not learn, parse or transform: that is what processors do.
package inputs
