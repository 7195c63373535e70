package outputs

import (
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// Fields about how much the producer holds, sends and tries.
const (
	fieldMaxMessage      = "max_message_bytes"
	fieldMaxWrite        = "broker_write_max_bytes"
	fieldBufferedRecords = "max_buffered_records"
	fieldBufferedBytes   = "max_buffered_bytes"
	fieldRequests        = "max_in_flight_requests"
	fieldRetries         = "record_retries"
	fieldDelivery        = "record_delivery_timeout"
)

// limitFields bound what the producer holds, sends and tries.
func limitFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(fieldMaxMessage).
			Description("The largest batch of records that a broker takes. A larger message is refused by itself.").
			Default("1MiB").
			Advanced(),
		service.NewStringField(fieldMaxWrite).
			Description("The most that is written to a broker at once, at least `max_message_bytes` and at most 1GiB.").
			Default("100MiB").
			Advanced(),
		service.NewIntField(fieldBufferedRecords).
			Description("How many records wait in memory at most, of all batches together. Further ones wait before that.").
			Default(10000).
			LintRule(`root = if this < 1 { "max_buffered_records is %v, want at least 1".format(this) }`).
			Advanced(),
		service.NewStringField(fieldBufferedBytes).
			Description("How many bytes of records wait in memory at most; 0 sets no bound beside `max_buffered_records`.").
			Default("0").
			Advanced(),
		service.NewIntField(fieldRequests).
			Description("How many requests are under way to a broker at most. More than 1 needs `idempotent_write: false`, and can change the order of records.").
			Default(1).
			LintRule(`root = if this < 1 { "max_in_flight_requests is %v, want at least 1".format(this) }`).
			Advanced(),
		service.NewIntField(fieldRetries).
			Description("How often a record is sent again before it is rejected; 0 sets no bound beside `timeout`.").
			Default(0).
			LintRule(`root = if this < 0 { "record_retries is %v, want at least 0".format(this) }`).
			Advanced(),
		service.NewDurationField(fieldDelivery).
			Description("How long a record may wait to be written before it is rejected, counted from its time, which `timestamp_ms` sets; 0s sets no bound beside `timeout`.").
			Default("0s").
			Advanced(),
	}
}

// readLimits reads what bounds the producer.
func (s *settings) readLimits(conf *service.ParsedConfig) error {
	for _, read := range []func(*service.ParsedConfig) error{s.readSizes, s.readBuffer, s.readAttempts} {
		if err := read(conf); err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) readSizes(conf *service.ParsedConfig) error {
	message, err := broker.ReadBytes(conf, fieldMaxMessage)
	if err != nil {
		return err
	}
	write, err := broker.ReadBytes(conf, fieldMaxWrite)
	if err != nil {
		return err
	}
	if write > 1<<30 || write < message {
		return fmt.Errorf("%s is %d bytes, want at least %s, which is %d, and at most 1GiB", fieldMaxWrite, write, fieldMaxMessage, message)
	}
	s.client = append(s.client, kgo.ProducerBatchMaxBytes(int32(message)), kgo.BrokerMaxWriteBytes(int32(write)))
	return nil
}

func (s *settings) readBuffer(conf *service.ParsedConfig) error {
	records, err := readCount(conf, fieldBufferedRecords, 1)
	if err != nil {
		return err
	}
	s.client = append(s.client, kgo.MaxBufferedRecords(records))
	if text, err := conf.FieldString(fieldBufferedBytes); err != nil || text == "0" {
		return err
	}
	size, err := broker.ReadBytes(conf, fieldBufferedBytes)
	if err != nil {
		return err
	}
	s.client = append(s.client, kgo.MaxBufferedBytes(int(size)))
	return nil
}

func (s *settings) readAttempts(conf *service.ParsedConfig) error {
	requests, err := readCount(conf, fieldRequests, 1)
	if err != nil {
		return err
	}
	idempotent, err := conf.FieldBool(fieldIdempotent)
	if err != nil {
		return err
	}
	if idempotent && requests > 1 {
		return fmt.Errorf("%s is %d, which needs %s: false", fieldRequests, requests, fieldIdempotent)
	}
	retries, err := readCount(conf, fieldRetries, 0)
	if err != nil {
		return err
	}
	wait, err := conf.FieldDuration(fieldDelivery)
	if err != nil {
		return err
	}
	if wait < 0 || wait > 0 && wait < time.Second {
		return fmt.Errorf("%s is %v, want 0s or at least 1s", fieldDelivery, wait)
	}
	s.client = append(s.client, kgo.MaxProduceRequestsInflightPerBroker(requests))
	if retries > 0 {
		s.client = append(s.client, kgo.RecordRetries(retries))
	}
	if wait > 0 {
		s.client = append(s.client, kgo.RecordDeliveryTimeout(wait))
	}
	return nil
}

// readCount reads a whole number of at least least.
func readCount(conf *service.ParsedConfig, field string, least int) (int, error) {
	n, err := conf.FieldInt(field)
	if err != nil {
		return 0, err
	}
	if n < least {
		return 0, fmt.Errorf("%s is %d, want at least %d", field, n, least)
	}
	return n, nil
}
