package demo

import (
	"fmt"
	"math"
)

// options say how the demo runs.
type options struct {
	// Once ends the demo after the report; otherwise the pipeline goes on
	// serving until the context ends.
	Once bool
	// JSON writes the report as one JSON object.
	JSON bool
	// Rows bounds how many rows are streamed; 0 means all 49,097.
	Rows int
	// Rate bounds the rows per second; 0 means as fast as possible.
	Rate float64
	// Repeat streams the rows again and again after the report, unless Once, so
	// that the page keeps moving: Rate rows a second, 500 when that is 0.
	Repeat bool
	// Partitions of both topics, where they do not exist yet.
	Partitions int
	// Brokers are host:port of a real cluster; none means an embedded one.
	Brokers []string
	// CacheFile names a YAML file with the cache resource that keeps the
	// project's state; empty means memory.
	CacheFile string
	// HTTP is host:port where the page is served, unless Once; empty means a
	// free port of the loopback interface.
	HTTP string
}

func (o *options) validate() error {
	if o.Rows < 0 {
		return fmt.Errorf("rows: %d is below 0 (0 means all)", o.Rows)
	}
	if o.Rate < 0 || math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0) {
		return fmt.Errorf("rate: %v is not a number of rows per second (0 means as fast as possible)", o.Rate)
	}
	const mostPartitions = 10_000
	if o.Partitions < 1 || o.Partitions > mostPartitions {
		return fmt.Errorf("partitions: %d is not 1 to %d", o.Partitions, mostPartitions)
	}
	return nil
}
