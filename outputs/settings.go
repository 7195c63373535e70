package outputs

import (
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// settings are what the configuration says, checked.
type settings struct {
	// client are the options of the producer.
	client []kgo.Opt
	// topic is never nil; key, partition and timestamp may be.
	topic, key, partition, timestamp *service.InterpolatedString
	// timeout bounds the writing of a batch.
	timeout time.Duration
	// headers is nil where no metadata becomes a header.
	headers *service.MetadataFilter
}

func readSettings(conf *service.ParsedConfig, log *service.Logger) (*settings, error) {
	s := &settings{}
	raw, err := conf.FieldAny()
	if err == nil {
		err = yamlwords.Unmerged(raw)
	}
	if err != nil {
		return nil, err
	}
	if s.client, err = broker.Options(conf, log); err != nil {
		return nil, err
	}
	if err := s.readRecord(conf); err != nil {
		return nil, err
	}
	for _, read := range []func(*service.ParsedConfig) error{s.readPartitioner, s.readAcks, s.readCompression, s.readWait, s.readLimits} {
		if err := read(conf); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *settings) readRecord(conf *service.ParsedConfig) error {
	for field, into := range map[string]**service.InterpolatedString{
		fieldTopic: &s.topic, fieldKey: &s.key, fieldPartition: &s.partition, fieldTimestamp: &s.timestamp,
	} {
		if !conf.Contains(field) {
			continue
		}
		v, err := conf.FieldInterpolatedString(field)
		if err != nil {
			return err
		}
		*into = v
	}
	if !conf.Contains(fieldMetadata) {
		return nil
	}
	var err error
	s.headers, err = conf.FieldMetadataFilter(fieldMetadata)
	return err
}

func (s *settings) readPartitioner(conf *service.ParsedConfig) error {
	name := byHash
	if s.partition != nil {
		name = byPartition
	}
	if conf.Contains(fieldPartitioner) {
		var err error
		if name, err = conf.FieldString(fieldPartitioner); err != nil {
			return err
		}
	}
	if (name == byPartition) != (s.partition != nil) {
		return fmt.Errorf("%s is %s: %s goes with %s, and only with it", fieldPartitioner, name, byPartition, fieldPartition)
	}
	var p kgo.Partitioner
	switch name {
	case byHash:
		p = kgo.StickyKeyPartitioner(nil)
	case byTurn:
		p = kgo.RoundRobinPartitioner()
	case byBacklog:
		p = kgo.LeastBackupPartitioner()
	case byPartition:
		p = kgo.ManualPartitioner()
	default:
		return fmt.Errorf("%s is %q, want %s, %s, %s or %s", fieldPartitioner, name, byHash, byTurn, byBacklog, byPartition)
	}
	s.client = append(s.client, kgo.RecordPartitioner(p))
	return nil
}

func (s *settings) readAcks(conf *service.ParsedConfig) error {
	name, err := conf.FieldString(fieldAcks)
	if err != nil {
		return err
	}
	acks, ok := map[string]kgo.Acks{acksAll: kgo.AllISRAcks(), acksLeader: kgo.LeaderAck(), acksNone: kgo.NoAck()}[name]
	if !ok {
		return fmt.Errorf("%s is %q, want %s, %s or %s", fieldAcks, name, acksAll, acksLeader, acksNone)
	}
	idempotent, err := conf.FieldBool(fieldIdempotent)
	if err != nil {
		return err
	}
	if idempotent && name != acksAll {
		return fmt.Errorf("%s is %s, which needs %s: false", fieldAcks, name, fieldIdempotent)
	}
	s.client = append(s.client, kgo.RequiredAcks(acks))
	if !idempotent {
		s.client = append(s.client, kgo.DisableIdempotentWrite())
	}
	return nil
}

func (s *settings) readCompression(conf *service.ParsedConfig) error {
	if !conf.Contains(fieldCompression) {
		return nil // the client's own: snappy, else none
	}
	name, err := conf.FieldString(fieldCompression)
	if err != nil {
		return err
	}
	codec, ok := map[string]kgo.CompressionCodec{
		"lz4": kgo.Lz4Compression(), "snappy": kgo.SnappyCompression(), "gzip": kgo.GzipCompression(),
		compressionNone: kgo.NoCompression(), "zstd": kgo.ZstdCompression(),
	}[name]
	if !ok {
		return fmt.Errorf("%s is %q, want lz4, snappy, gzip, zstd or %s", fieldCompression, name, compressionNone)
	}
	s.client = append(s.client, kgo.ProducerBatchCompression(codec))
	return nil
}

func (s *settings) readWait(conf *service.ParsedConfig) error {
	if err := broker.ReadDurations(conf, map[string]*time.Duration{fieldTimeout: &s.timeout}); err != nil {
		return err
	}
	create, err := conf.FieldBool(fieldCreate)
	if err != nil {
		return err
	}
	if create {
		s.client = append(s.client, kgo.AllowAutoTopicCreation())
	}
	return nil
}
