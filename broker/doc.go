// Package broker reaches the brokers of Kafka: the fields about addresses, TLS
// and authentication, the options of the client that they make, and what the
// client says. The input and the output sml_kafka share it.
package broker
