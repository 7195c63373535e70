package inputs

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
	connection []kgo.Opt

	topics  topicList
	regexp  bool
	exclude []string
	start   kgo.Offset
	reset   kgo.Offset
	read    kgo.IsolationLevel
	rack    string

	group, instance                  string
	session, rebalance, beat, revoke time.Duration
	commitPeriod                     time.Duration

	fetchMax, fetchMin, fetchPartition int32
	fetchWait                          time.Duration

	limits    limits
	replay    bool
	lagPeriod time.Duration
}

// limits bound what the ledger hands out and holds.
type limits struct {
	// batchCount is the most messages of a batch, 0 for no limit, batchBytes
	// the most bytes.
	batchCount, batchBytes int
	// partition and total bound the bytes that are waiting or in flight.
	partition, total int64
	// inFlight is how many batches of a partition may be unacknowledged.
	inFlight int
}

func readSettings(conf *service.ParsedConfig, log *service.Logger) (*settings, error) {
	s := &settings{}
	for _, read := range []func(*service.ParsedConfig) error{unmerged, s.readTopics, s.readGroup, s.readFetch, s.readDelivery, s.check} {
		if err := read(conf); err != nil {
			return nil, err
		}
	}
	var err error
	s.connection, err = broker.Options(conf, log)
	return s, err
}

func (s *settings) readTopics(conf *service.ParsedConfig) error {
	start, err := conf.FieldString(fieldStartOffset)
	if err != nil {
		return err
	}
	if s.start, s.reset, err = offsets(start); err != nil {
		return err
	}
	entries, err := conf.FieldStringList(fieldTopics)
	if err != nil {
		return err
	}
	if s.regexp, err = conf.FieldBool(fieldRegexp); err != nil {
		return err
	}
	if s.exclude, err = conf.FieldStringList(fieldRegexpExclude); err != nil {
		return err
	}
	if s.exclude, err = wholeName(fieldRegexpExclude, s.exclude); err != nil {
		return err
	}
	if s.regexp {
		s.topics, err = parsePatterns(entries)
	} else {
		s.topics, err = parseTopics(entries, s.start)
	}
	if err != nil {
		return err
	}
	level, err := conf.FieldString(fieldIsolation)
	if err != nil {
		return err
	}
	switch level {
	case readCommitted:
		s.read = kgo.ReadCommitted()
	case readUncommitted:
		s.read = kgo.ReadUncommitted()
	default:
		return fmt.Errorf("%s is %q, want %s or %s", fieldIsolation, level, readCommitted, readUncommitted)
	}
	s.rack, err = conf.FieldString(fieldRackID)
	return err
}

// unmerged refuses merges of YAML which the host has left out.
func unmerged(conf *service.ParsedConfig) error {
	raw, err := conf.FieldAny()
	if err != nil {
		return err
	}
	return yamlwords.Unmerged(raw)
}

// offsets reads start_offset: where to begin, and where to go on when the
// offset is no longer in the log. The latter is the oldest record, because what
// is read again is recognised by its position and what is passed over is lost.
func offsets(text string) (start, reset kgo.Offset, err error) {
	switch text {
	case startEarliest:
		return kgo.NewOffset().AtStart(), kgo.NewOffset().AtStart(), nil
	case startLatest:
		return kgo.NewOffset().AtEnd(), kgo.NewOffset().AtStart(), nil
	case startCommitted:
		return kgo.NewOffset().AtCommitted(), kgo.NoResetOffset(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return start, reset, fmt.Errorf("%s is %q, want %s, %s, %s or a time such as 2026-01-05T00:00:00Z", fieldStartOffset, text, startEarliest, startLatest, startCommitted)
	}
	return kgo.NewOffset().AfterMilli(at.UnixMilli()), kgo.NewOffset().AtStart(), nil
}

func (s *settings) readGroup(conf *service.ParsedConfig) (err error) {
	if s.group, err = conf.FieldString(fieldGroup); err != nil {
		return err
	}
	if s.instance, err = conf.FieldString(fieldInstanceID); err != nil {
		return err
	}
	return broker.ReadDurations(conf, map[string]*time.Duration{
		fieldSessionTimeout: &s.session, fieldRebalanceTimeout: &s.rebalance, fieldHeartbeat: &s.beat,
		fieldRevokeTimeout: &s.revoke, fieldCommitPeriod: &s.commitPeriod,
	})
}

func (s *settings) readFetch(conf *service.ParsedConfig) error {
	for field, into := range map[string]*int32{
		fieldFetchMaxBytes: &s.fetchMax, fieldFetchMinBytes: &s.fetchMin, fieldFetchMaxPartition: &s.fetchPartition,
	} {
		v, err := broker.ReadBytes(conf, field)
		if err != nil {
			return err
		}
		*into = int32(v)
	}
	return broker.ReadDurations(conf, map[string]*time.Duration{fieldFetchMaxWait: &s.fetchWait, fieldLagPeriod: &s.lagPeriod})
}

func (s *settings) readDelivery(conf *service.ParsedConfig) (err error) {
	if s.limits.batchCount, err = conf.FieldInt(fieldMaxBatchCount); err != nil {
		return err
	}
	batch, err := broker.ReadBytes(conf, fieldMaxBatchBytes)
	if err != nil {
		return err
	}
	s.limits.batchBytes = int(batch)
	if s.limits.partition, err = broker.ReadBytes(conf, fieldPartitionBuffer); err != nil {
		return err
	}
	if s.limits.total, err = broker.ReadBytes(conf, fieldBuffer); err != nil {
		return err
	}
	if s.limits.inFlight, err = conf.FieldInt(fieldInFlight); err != nil {
		return err
	}
	s.replay, err = conf.FieldBool(service.AutoRetryNacksToggleFieldName)
	return err
}

// check refuses what contradicts itself.
func (s *settings) check(*service.ParsedConfig) error {
	explicit := s.topics.partitions != nil
	switch {
	case explicit && s.group != "":
		return fmt.Errorf("%s is %q and %s names partitions: set one of the two", fieldGroup, s.group, fieldTopics)
	case !explicit && s.group == "":
		return fmt.Errorf("%s is empty: set it, or name partitions in %s, as in orders:0-3", fieldGroup, fieldTopics)
	case explicit && s.start == kgo.NewOffset().AtCommitted():
		return fmt.Errorf("%s is %s, which needs a %s", fieldStartOffset, startCommitted, fieldGroup)
	case len(s.exclude) > 0 && !s.regexp:
		return fmt.Errorf("%s is set, which needs %s: true", fieldRegexpExclude, fieldRegexp)
	case s.beat >= s.session:
		return fmt.Errorf("%s is %v, want less than %s, which is %v", fieldHeartbeat, s.beat, fieldSessionTimeout, s.session)
	case s.revoke >= s.rebalance:
		return fmt.Errorf("%s is %v, want less than %s, which is %v", fieldRevokeTimeout, s.revoke, fieldRebalanceTimeout, s.rebalance)
	case s.limits.batchCount < 0:
		return fmt.Errorf("%s is %d, want at least 0", fieldMaxBatchCount, s.limits.batchCount)
	case s.limits.inFlight < 1 || s.limits.inFlight > 1000:
		return fmt.Errorf("%s is %d, want 1 to 1000", fieldInFlight, s.limits.inFlight)
	case s.limits.partition < int64(s.limits.batchBytes):
		return fmt.Errorf("%s is %d, want at least %s, which is %d", fieldPartitionBuffer, s.limits.partition, fieldMaxBatchBytes, s.limits.batchBytes)
	case s.limits.total < s.limits.partition:
		return fmt.Errorf("%s is %d, want at least %s, which is %d", fieldBuffer, s.limits.total, fieldPartitionBuffer, s.limits.partition)
	}
	return nil
}
