package inputs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// metaNumber returns metadata that is a whole number, -1 for none.
func metaNumber(t *testing.T, m *service.Message, key string) int64 {
	t.Helper()
	v, ok := m.MetaGetMut(key)
	if !ok {
		return -1
	}
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	t.Fatalf("%s is %T", key, v)
	return -1
}

// Drawn records, transactions, acknowledgements and restarts: the first messages of a
// process say which record of the partition was the last that the group had
// acknowledged, whatever markers and aborted records are behind it, and later messages
// say nothing of it.
func TestBeginSaysWhatWasAcknowledged(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 61))
		s := newSite(t, 1, "rows")
		written, last := 0, int64(-1)
		begun := 0
		for round := range 5 {
			for range 1 + r.IntN(3) {
				n := 1 + r.IntN(4)
				switch r.IntN(3) {
				case 0:
					s.produce("rows", 0, written, n)
				case 1:
					s.transact(fmt.Sprint("t", round), "rows", 0, written, n, true)
				default:
					s.transact(fmt.Sprint("t", round), "rows", 0, written, n, false)
					s.produce("rows", 0, written, n)
				}
				written += n
			}
			committed, known := s.committed("g")[partition{topic: "rows"}]
			k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_yield_batch_count: 3\n")
			for batches := 0; batches < 1+r.IntN(3); batches++ {
				batch, ack := read(t, k)
				for _, m := range batch {
					at, from, oldest := metaNumber(t, m, metaBegin), metaNumber(t, m, metaBeginLast), metaNumber(t, m, metaBeginOldest)
					switch {
					case batches > 0 || !known:
						if at >= 0 || from >= 0 || oldest >= 0 {
							t.Fatalf("seed %d: batch %d of a process says that the group was at %d", seed, batches, at)
						}
					case at != committed || from != last || oldest != 0:
						t.Fatalf("seed %d, round %d: began at %d after %d, oldest %d; want %d, %d and 0", seed, round, at, from, oldest, committed, last)
					default:
						begun++
					}
				}
				end := metaNumber(t, batch[len(batch)-1], metaOffset)
				if err := ack(context.Background(), nil); err != nil {
					t.Fatal(err)
				}
				last = end
				if int(metaNumber(t, batch[len(batch)-1], metaLag)) < 3 {
					break // what is left may be markers
				}
			}
			if err := k.Close(within(t)); err != nil {
				t.Fatal(err)
			}
		}
		if begun == 0 {
			t.Errorf("seed %d: no process said where it began", seed)
		}
	}
}

// What a note says is read back, with and without an id, and notes of others say nothing.
func TestNotes(t *testing.T) {
	p := partition{topic: "rows", number: 3}
	for _, c := range []struct {
		name   string
		mark   mark
		offset int64
		want   string
		id     string
		last   int64
	}{
		{name: "both", mark: mark{at: 8, last: 6, topicID: "abc"}, offset: 8, want: "topic_id=abc last_record=6", id: "abc", last: 6},
		{name: "of another offset", mark: mark{at: 9, last: 6, topicID: "abc"}, offset: 8, want: "topic_id=abc", id: "abc", last: -1},
		{name: "no record yet", mark: mark{at: 8, last: -1, topicID: "abc"}, offset: 8, want: "topic_id=abc", id: "abc", last: -1},
		{name: "no id", mark: mark{at: 8, last: 0}, offset: 8, want: "last_record=0", last: 0},
		{name: "nothing", mark: mark{at: 8, last: -1}, offset: 8, last: -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(limits{})
			l.marks[p] = c.mark
			note := l.note(p, c.offset, "")
			if id, last := readNote(note); note != c.want || id != c.id || last != c.last {
				t.Errorf("%q, read as %q and %d; want %q, %q and %d", note, id, last, c.want, c.id, c.last)
			}
		})
	}
	for _, note := range []string{"", "consumer-1", "last_record=", "last_record=x", "last_record=-4", "xlast_record=4"} {
		if id, last := readNote(note); id != "" || last != -1 {
			t.Errorf("%q is read as %q and %d", note, id, last)
		}
	}
}
