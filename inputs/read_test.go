package inputs

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestRecordsComeInOrderAndAreCommitted(t *testing.T) {
	s := newSite(t, 2, "rows")
	s.produce("rows", 0, 0, 50)
	s.produce("rows", 1, 0, 30)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 7")
	got := map[string][]string{}
	for n := 0; n < 80; {
		batch, ack := read(t, k)
		if len(batch) > 7 {
			t.Fatalf("got a batch of %d, want at most 7", len(batch))
		}
		for _, v := range contents(t, batch) {
			got[v[:6]] = append(got[v[:6]], v)
			n++
		}
		if err := ack(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range []int{50, 30} {
		want := values("rows", i, 0, n)
		if !slices.Equal(got[want[0][:6]], want) {
			t.Errorf("partition %d: got %v", i, got[want[0][:6]])
		}
	}
	eventually(t, "the commits", func() bool {
		c := s.committed("g")
		return c[partition{"rows", 0}] == 50 && c[partition{"rows", 1}] == 30
	})
}

func TestOneBatchOfAPartitionIsInFlight(t *testing.T) {
	for _, c := range []struct {
		name     string
		inFlight string
		want     int
	}{
		{name: "by default", want: 1},
		{name: "three when asked for", inFlight: "\nin_flight: 3", want: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 1, "rows")
			s.produce("rows", 0, 0, 100)
			k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 10" + c.inFlight)
			var acks []service.AckFunc
			for range c.want {
				_, ack := read(t, k)
				acks = append(acks, ack)
			}
			nothing(t, k, 100*time.Millisecond)
			// The last ones first: nothing is committed until the first is.
			for _, ack := range slices.Backward(acks[1:]) {
				_ = ack(context.Background(), nil)
			}
			if got := s.committed("g"); len(got) != 0 {
				t.Errorf("committed %v with the first batch unacknowledged", got)
			}
			_ = acks[0](context.Background(), nil)
			eventually(t, "the commit", func() bool { return s.committed("g")[partition{"rows", 0}] == int64(10*c.want) })
		})
	}
}

func TestRejectedRecordsComeAgainBeforeLaterOnes(t *testing.T) {
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, 6)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 3")
	failure := errors.New("output is full")

	batch, ack := read(t, k)
	_ = ack(context.Background(), failure)
	again, ack := read(t, k)
	if got, want := contents(t, again), contents(t, batch); !slices.Equal(got, want) {
		t.Fatalf("got %v again, want %v", got, want)
	}
	// Only the second message fails this time.
	_ = ack(context.Background(), service.NewBatchError(again, failure).Failed(1, failure))
	for range 4 { // with a pause from the second rejection on
		again, ack = read(t, k)
		if got, want := contents(t, again), values("rows", 0, 1, 1); !slices.Equal(got, want) {
			t.Fatalf("got %v again, want %v", got, want)
		}
		_ = ack(context.Background(), failure)
	}
	again, ack = read(t, k)
	if got := s.committed("g"); len(got) != 0 {
		t.Errorf("committed %v with a rejected record", got)
	}
	_ = ack(context.Background(), nil)
	if got, want := readAll(t, k, 3), values("rows", 0, 3, 3); !slices.Equal(got, want) {
		t.Errorf("got %v after %v, want %v", got, contents(t, again), want)
	}
	eventually(t, "the commit", func() bool { return s.committed("g")[partition{"rows", 0}] == 6 })
}

func TestRejectedRecordsAreDeletedWhenToldSo(t *testing.T) {
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, 4)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 2\nauto_replay_nacks: false")
	_, ack := read(t, k)
	_ = ack(context.Background(), errors.New("refused"))
	if got, want := readAll(t, k, 2), values("rows", 0, 2, 2); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	eventually(t, "the commit", func() bool { return s.committed("g")[partition{"rows", 0}] == 4 })
}

// The records of a transaction: those of an aborted one never come, and the
// position passes the markers, so that the group reaches the end.
func TestAbortedTransactionsAreNotRead(t *testing.T) {
	for _, c := range []struct {
		name, level string
		want        []string
		more        int // of the two records of a later aborted transaction
	}{
		{name: "read committed by default", want: slices.Concat(values("rows", 0, 0, 3), values("rows", 0, 20, 4))},
		{name: "read uncommitted when asked for", level: "\nisolation_level: read_uncommitted", want: slices.Concat(values("rows", 0, 0, 3), values("rows", 0, 10, 5), values("rows", 0, 20, 4)), more: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 1, "rows")
			s.produce("rows", 0, 0, 3)
			s.transact("a", "rows", 0, 10, 5, false)
			s.transact("b", "rows", 0, 20, 4, true)
			k := s.connect("topics: [ rows ]\nconsumer_group: g" + c.level)
			if got := readAll(t, k, len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			// 3 + 5 + marker + 4 + marker
			eventually(t, "the commit of the end", func() bool { return s.committed("g")[partition{"rows", 0}] == 14 })
			s.transact("a", "rows", 0, 30, 2, false)
			readAll(t, k, c.more)
			eventually(t, "a commit over the last marker", func() bool { return s.committed("g")[partition{"rows", 0}] == 17 })
			eventually(t, "no lag", func() bool { return k.current().ledger.lags(nil)[partition{"rows", 0}] == 0 })
		})
	}
}

func TestWhereReadingBegins(t *testing.T) {
	const early, late = 5, 3
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, early)
	moment := time.Now().Add(time.Second).Truncate(time.Second)
	record := &kgo.Record{Topic: "rows", Value: []byte("rows/0/5"), Timestamp: moment}
	if err := s.client.ProduceSync(within(t), record).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, yaml string
		want       []string
	}{
		{name: "earliest", yaml: "topics: [ rows ]\nconsumer_group: a", want: values("rows", 0, 0, 6)},
		{name: "a time", yaml: "topics: [ rows ]\nconsumer_group: b\nstart_offset: " + moment.Format(time.RFC3339), want: values("rows", 0, 5, 1)},
		{name: "a partition without a group", yaml: "topics: [ 'rows:0' ]", want: values("rows", 0, 0, 6)},
		{name: "an offset of a partition", yaml: "topics: [ 'rows:0-0:4' ]", want: values("rows", 0, 4, 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := readAll(t, s.connect(c.yaml), len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	t.Run("latest", func(t *testing.T) {
		k := s.connect("topics: [ rows ]\nconsumer_group: c\nstart_offset: latest")
		nothing(t, k, 300*time.Millisecond)
		s.produce("rows", 0, 6, late)
		if got, want := readAll(t, k, late), values("rows", 0, 6, late); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("committed", func(t *testing.T) {
		nothing(t, s.connect("topics: [ rows ]\nconsumer_group: d\nstart_offset: committed"), 300*time.Millisecond)
	})
}
