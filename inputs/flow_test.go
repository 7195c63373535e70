package inputs

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// pauses notes what a client would be told.
type pauses struct{ said []string }

func (p *pauses) PauseFetchPartitions(parts map[string][]int32) map[string][]int32 {
	p.said = append(p.said, "pause "+listed(parts))
	return nil
}

func (p *pauses) ResumeFetchPartitions(parts map[string][]int32) {
	p.said = append(p.said, "resume "+listed(parts))
}

// A partition is paused when it holds as much as it may and resumed at half,
// and also when it is taken away: the client keeps a pause over assignments.
func TestPausesFollowWhatIsHeld(t *testing.T) {
	one := func(offset int64) []*kgo.Record { return []*kgo.Record{{Topic: "rows", Offset: offset}} }
	size := heldSize(one(0)[0])
	l := newLedger(limits{batchCount: 1, batchBytes: 1, partition: 4 * size, total: 100 * size, inFlight: 10})
	client := &pauses{}
	f := &flow{ledger: l, client: client}
	p := partition{topic: "rows"}
	var a *assignment
	for offset := range int64(4) {
		if len(client.said) > 0 {
			t.Fatalf("%v with %d of 4 records", client.said, offset)
		}
		a = l.register(p, "", one(offset), 0, 10)
		f.regulate(a)
	}
	want := []string{"pause rows:0"}
	for i := range 2 {
		if !slices.Equal(client.said, want) {
			t.Fatalf("got %v after %d acknowledgements, want %v", client.said, i, want)
		}
		h, _ := l.next()
		l.acknowledge(h.delivery)
		f.regulate(a)
	}
	want = append(want, "resume rows:0")
	for offset := range int64(2) {
		f.regulate(l.register(p, "", one(4+offset), 0, 10))
	}
	want = append(want, "pause rows:0")
	ending, _ := l.seal(map[string][]int32{"rows": {0}})
	l.close(ending)
	f.regulate(a)
	want = append(want, "resume rows:0")
	if !slices.Equal(client.said, want) {
		t.Errorf("got %v, want %v", client.said, want)
	}
	if l.held() != 0 {
		t.Errorf("%d bytes are held of a partition that was taken away", l.held())
	}
}

// A partition whose batch is not answered fills its buffer and no more, and
// does not keep the other from being read to its end.
func TestAPartitionThatStandsStillIsBounded(t *testing.T) {
	const rows, size = 400, 1000
	s := newSite(t, 2, "rows")
	// Small batches of records: a broker sends at least one whole.
	client, err := kgo.NewClient(kgo.SeedBrokers(s.cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(5*size), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for number := range int32(2) {
		for i := range rows {
			r := &kgo.Record{Topic: "rows", Partition: number, Value: fmt.Appendf(make([]byte, 0, size), "%0*d", size, i)}
			client.Produce(within(t), r, nil)
		}
	}
	if err := client.Flush(within(t)); err != nil {
		t.Fatal(err)
	}
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_yield_batch_bytes: 5kB\npartition_buffer_bytes: 20kB\nfetch_max_partition_bytes: 10kB")
	still := int32(-1)
	for done := 0; done < rows; {
		batch, ack := read(t, k)
		number, _ := batch[0].MetaGetMut(metaPartition)
		if still < 0 {
			still = int32(number.(int))
			continue // never answered
		}
		if int32(number.(int)) == still {
			t.Fatal("got a second batch of the partition that stands still")
		}
		done += len(batch)
		_ = ack(context.Background(), nil)
	}
	// The limit, and what one answer of the broker can bring on top.
	const most = 20_000 + 2*10_000 + 40*300
	if held := k.current().ledger.held(); held > most {
		t.Errorf("%d bytes are held, want at most %d", held, most)
	}
}

// With all buffers full nothing is read, and reading goes on when there is
// room again.
func TestAllPartitionsTogetherAreBounded(t *testing.T) {
	const rows = 300
	s := newSite(t, 4, "rows")
	for number := range int32(4) {
		s.produce("rows", number, 0, rows)
	}
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_yield_batch_bytes: 1kB\npartition_buffer_bytes: 30kB\nmax_buffer_bytes: 40kB\nfetch_max_partition_bytes: 2kB\nfetch_max_bytes: 4kB")
	eventually(t, "the buffers to be full", func() bool { return k.current().ledger.full() })
	if held, most := k.current().ledger.held(), int64(4*30_000); held > most {
		t.Errorf("%d bytes are held, want at most %d", held, most)
	}
	readAll(t, k, 4*rows)
	nothing(t, k, 100*time.Millisecond)
}
