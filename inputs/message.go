package inputs

import (
	"encoding/base64"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Metadata that the input sets.
const (
	metaKey         = "kafka_key"
	metaTopic       = "kafka_topic"
	metaPartition   = "kafka_partition"
	metaOffset      = "kafka_offset"
	metaUnix        = "kafka_timestamp_unix"
	metaMillis      = "kafka_timestamp_ms"
	metaLag         = "kafka_lag"
	metaTombstone   = "kafka_tombstone_message"
	metaLeaderEpoch = "kafka_leader_epoch"
	metaTopicID     = "kafka_topic_id"
	metaClusterID   = "kafka_cluster_id"
	metaBegin       = "kafka_begin_offset"
	metaBeginLast   = "kafka_begin_last"
	metaBeginOldest = "kafka_begin_oldest"
)

// headerPrefix is put before a header that has the name of a value above.
const headerPrefix = "header_"

// isReserved reports whether the input sets this metadata itself. A value that
// is not known, such as the topic id of an old broker, is reserved all the
// same: a header must not stand in for it.
func isReserved(name string) bool {
	switch name {
	case metaKey, metaTopic, metaPartition, metaOffset, metaUnix, metaMillis, metaLag, metaTombstone, metaLeaderEpoch, metaTopicID, metaClusterID,
		metaBegin, metaBeginLast, metaBeginOldest:
		return true
	}
	return false
}

// origin is what all records of a batch have in common.
type origin struct {
	topicID, clusterID string
	// end is the end of the partition, -1 for not known.
	end int64
	// begin is where the process began to read the partition, and oldest the first
	// offset that this had then, -1 for not known.
	begin  begin
	oldest int64
}

// message turns a record into a message. Its bytes are those of the record.
func (o origin) message(r *kgo.Record) *service.Message {
	m := service.NewMessage(r.Value)
	for i := range r.Headers {
		setHeader(m, &r.Headers[i])
	}
	m.MetaSetMut(metaKey, r.Key)
	m.MetaSetMut(metaTopic, r.Topic)
	m.MetaSetMut(metaPartition, int(r.Partition))
	m.MetaSetMut(metaOffset, int(r.Offset))
	m.MetaSetMut(metaUnix, r.Timestamp.Unix())
	m.MetaSetMut(metaMillis, r.Timestamp.UnixMilli())
	m.MetaSetMut(metaLag, max(0, o.end-r.Offset-1))
	m.MetaSetMut(metaTombstone, r.Value == nil)
	if r.LeaderEpoch >= 0 {
		m.MetaSetMut(metaLeaderEpoch, int(r.LeaderEpoch))
	}
	if o.topicID != "" {
		m.MetaSetMut(metaTopicID, o.topicID)
	}
	if o.clusterID != "" {
		m.MetaSetMut(metaClusterID, o.clusterID)
	}
	o.setBegin(m)
	return m
}

// setHeader sets a header as metadata, with the types of the host's inputs:
// null for a header without a value, text otherwise.
func setHeader(m *service.Message, h *kgo.RecordHeader) {
	name := h.Key
	if isReserved(name) {
		name = headerPrefix + name
	}
	if h.Value == nil {
		m.MetaSetMut(name, nil)
		return
	}
	m.MetaSetMut(name, string(h.Value))
}

// idText writes the id of a topic as Kafka's own tools do, empty for none.
func idText(id [16]byte) string {
	if id == ([16]byte{}) {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(id[:])
}
