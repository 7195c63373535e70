package simulate

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
)

// Format names how a row is written into a message.
type Format string

// Formats of messages.
const (
	// JSON writes one object per row: numbers as numbers, other text as
	// strings, empty cells as null.
	JSON Format = "json"
	// Avro writes one record per row, in the wire format of the Confluent
	// schema registry: a zero byte, the schema's id, the record.
	Avro Format = "avro"
)

// Options say what is streamed where.
type Options struct {
	// Source gives the table: CSV with a header line.
	Source Source
	// Brokers are the addresses of the cluster, at least one host:port.
	Brokers []string
	// Topic is created when it does not exist.
	Topic string
	// Partitions of a topic that is created; 0 means 1.
	Partitions int
	// Rate bounds the rows per second; 0 means as fast as possible.
	Rate float64
	// Rows bounds how many rows are sent; 0 means all.
	Rows int
	// Key names the column whose text becomes the message key; empty means
	// no key, in which case rows go round the partitions in turn.
	Key string
	// Format of the messages; empty means JSON.
	Format Format
	// Registry is the URL of the schema registry, required for Avro. The
	// schema is registered under the subject "<topic>-value".
	Registry string
}

// validate fills in defaults and refuses what cannot work. Errors name the
// option as the command line spells it.
func (o *Options) validate() error {
	if o.Source == nil {
		return errors.New("file: no table is named")
	}
	if len(o.Brokers) == 0 {
		return errors.New("brokers: at least one host:port is needed")
	}
	for _, b := range o.Brokers {
		if strings.TrimSpace(b) == "" {
			return fmt.Errorf("brokers: empty address in %q", o.Brokers)
		}
	}
	if o.Topic == "" {
		return errors.New("topic: no topic is named")
	}
	if o.Partitions == 0 {
		o.Partitions = 1
	}
	if o.Partitions < 0 || o.Partitions > math.MaxInt32 {
		return fmt.Errorf("partitions: %d is not a number of partitions", o.Partitions)
	}
	if o.Rate < 0 || math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0) {
		return fmt.Errorf("rate: %v is not a number of rows per second (0 means as fast as possible)", o.Rate)
	}
	if o.Rows < 0 {
		return fmt.Errorf("rows: %d is below 0 (0 means all)", o.Rows)
	}
	return o.validateFormat()
}

func (o *Options) validateFormat() error {
	switch o.Format {
	case "", JSON:
		o.Format = JSON
		return nil
	case Avro:
	default:
		return fmt.Errorf("format: %q is neither %q nor %q", o.Format, JSON, Avro)
	}
	if o.Registry == "" {
		return errors.New("schema-registry: format avro needs the URL of a schema registry")
	}
	if u, err := url.Parse(o.Registry); err != nil || u.Host == "" {
		return fmt.Errorf("schema-registry: %q is not a URL", o.Registry)
	}
	return nil
}
