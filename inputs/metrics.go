package inputs

import (
	"strconv"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Values of the label state of sml_kafka_revoked_total.
const (
	stateWaiting  = "waiting"
	stateInFlight = "in_flight"
)

// Values of the label reason of sml_kafka_errors_total.
const (
	reasonFetch    = "fetch"
	reasonDataLoss = "data_loss"
	reasonGroup    = "group"
	reasonCommit   = "commit"
	reasonBrokers  = "brokers"
	reasonTopic    = "topic"
)

// counts are the metrics of the input.
type counts struct {
	lag, up, held                                    *service.MetricGauge
	redelivered, revoked, lateAcks, deleted, errored *service.MetricCounter
}

func newCounts(m *service.Metrics) *counts {
	return &counts{
		lag:         m.NewGauge("sml_kafka_lag", "topic", "partition"),
		up:          m.NewGauge("sml_kafka_brokers_up"),
		held:        m.NewGauge("sml_kafka_buffered_bytes"),
		redelivered: m.NewCounter("sml_kafka_redelivered_total"),
		revoked:     m.NewCounter("sml_kafka_revoked_total", "state"),
		lateAcks:    m.NewCounter("sml_kafka_late_acks_total"),
		deleted:     m.NewCounter("sml_kafka_deleted_total"),
		errored:     m.NewCounter("sml_kafka_errors_total", "reason"),
	}
}

// showLag sets the gauge of each partition.
func (c *counts) showLag(lags map[partition]int64) {
	for p, lag := range lags {
		c.lag.Set(lag, p.topic, strconv.Itoa(int(p.number)))
	}
}

// gone sets the gauge of partitions that are another consumer's business to 0.
func (c *counts) gone(ending []*assignment) {
	for _, a := range ending {
		c.lag.Set(0, a.topic, strconv.Itoa(int(a.number)))
	}
}
