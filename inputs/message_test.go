package inputs

import (
	"context"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Every value that the input sets, against headers that try to set it.
func TestHeadersCannotSpoof(t *testing.T) {
	s := newSite(t, 2, "rows")
	spoofed := []string{metaKey, metaTopic, metaPartition, metaOffset, metaUnix, metaMillis, metaLag, metaTombstone, metaLeaderEpoch, metaTopicID, metaClusterID,
		metaBegin, metaBeginLast, metaBeginOldest}
	at := time.UnixMilli(1_700_000_000_123)
	record := &kgo.Record{Topic: "rows", Partition: 1, Key: []byte("key"), Value: []byte("value"), Timestamp: at}
	for _, name := range append([]string{"trace"}, spoofed...) {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte("spoofed " + name)})
	}
	record.Headers = append(record.Headers, kgo.RecordHeader{Key: "none"})
	s.produce("rows", 1, 0, 2)
	if err := s.client.ProduceSync(within(t), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	s.produce("rows", 1, 3, 4)

	k := s.connect("topics: [ rows ]\nconsumer_group: g")
	m := find(t, k, "value")
	id := s.cluster.TopicInfo("rows").TopicID
	for name, want := range map[string]any{
		metaTopic: "rows", metaPartition: 1, metaOffset: 2, metaUnix: int64(1_700_000_000), metaMillis: int64(1_700_000_000_123),
		metaLag: int64(4), metaTombstone: false, metaLeaderEpoch: 0, metaTopicID: idText(id), metaClusterID: "the-cluster", "trace": "spoofed trace",
	} {
		if got, _ := m.MetaGetMut(name); got != want {
			t.Errorf("%s is %v (%T), want %v (%T)", name, got, got, want, want)
		}
	}
	if got, _ := m.MetaGetMut(metaKey); string(got.([]byte)) != "key" {
		t.Errorf("%s is %q, want key", metaKey, got)
	}
	if got, ok := m.MetaGetMut("none"); !ok || got != nil {
		t.Errorf("a header without a value is %v, want null", got)
	}
	for _, name := range spoofed {
		if got, _ := m.MetaGet(headerPrefix + name); got != "spoofed "+name {
			t.Errorf("%s%s is %q, want what the header holds", headerPrefix, name, got)
		}
	}
}

// A value that the broker does not give is absent, and no header stands in.
func TestUnknownValuesCannotBeSpoofed(t *testing.T) {
	r := &kgo.Record{Topic: "rows", LeaderEpoch: -1}
	for _, name := range []string{metaLeaderEpoch, metaTopicID, metaClusterID, metaBegin, metaBeginLast, metaBeginOldest} {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: name, Value: []byte("spoofed")})
	}
	m := origin{end: -1, begin: noBegin, oldest: -1}.message(r)
	for _, h := range r.Headers {
		if got, ok := m.MetaGet(h.Key); ok {
			t.Errorf("%s is %q, want it absent", h.Key, got)
		}
	}
	if got, _ := m.MetaGetMut(metaTombstone); got != true {
		t.Errorf("%s is %v for a record without a value", metaTombstone, got)
	}
	if got, _ := m.MetaGetMut(metaLag); got != int64(0) {
		t.Errorf("%s is %v with the end not known, want 0", metaLag, got)
	}
}

// find reads until the message of that content comes.
func find(t *testing.T, k *kafka, content string) *service.Message {
	t.Helper()
	for {
		batch, ack := read(t, k)
		for i, v := range contents(t, batch) {
			if v == content {
				return batch[i]
			}
		}
		_ = ack(context.Background(), nil)
	}
}
