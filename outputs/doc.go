// Package outputs holds the outputs of rpconnect-sml. There is one, sml_kafka,
// which writes messages to topics of Kafka. It has the fields of the host's
// redpanda output, so a pipeline changes its name and nothing else, and it
// links no file under another licence than the project's (docs/licence.md).
//
// The contract, each line held by a test:
//
//   - A message is acknowledged when the brokers have stored it, and the error
//     of one that they refuse is its own: the others of its batch are not sent
//     again.
//   - Messages of a batch that go to one partition keep their order.
//   - A broker that is away is waited for, and said to be away.
package outputs
