// Package simulate streams a table into a Kafka topic, row by row and at a
// chosen rate, as if a fleet of devices sent it.
//
//	sent, err := simulate.Run(ctx, simulate.Options{
//		Source:  simulate.File("readings.csv.gz"),
//		Brokers: []string{"127.0.0.1:9092"},
//		Topic:   "readings",
//		Rate:    500,
//	})
//
// Rows travel as JSON objects, or as Avro in the wire format of the Confluent
// schema registry. A first pass over the table determines the type of each
// column, so a column never changes its type half way. The package does not
// invent, jitter or repeat data.
package simulate
