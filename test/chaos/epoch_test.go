//go:build linux

package main

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// intervalsOf returns the offsets that are set as intervals.
func intervalsOf(set []bool) []state.Interval {
	e := epoch{}
	for offset, in := range set {
		if in {
			e.note(0, int64(offset))
		}
	}
	return e.seen[0]
}

func TestWithoutIsTheDifferenceOfSets(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, b, want := make([]bool, 40), make([]bool, 40), make([]bool, 40)
		shareA, shareB := r.Float64(), r.Float64()
		for i := range a {
			a[i], b[i] = r.Float64() < shareA, r.Float64() < shareB
			want[i] = a[i] && !b[i]
		}
		if got := without(intervalsOf(a), intervalsOf(b)); !slices.Equal(got, joined(got)) || !slices.Equal(joined(got), intervalsOf(want)) {
			t.Errorf("seed %d: %v without %v is %v, want %v", seed, intervalsOf(a), intervalsOf(b), got, intervalsOf(want))
		}
	}
}

// joined joins intervals without an offset between them.
func joined(intervals []state.Interval) []state.Interval {
	var out []state.Interval
	for _, v := range intervals {
		if n := len(out); n > 0 && out[n-1].Last+1 == v.First {
			out[n-1].Last = v.Last
			continue
		}
		out = append(out, v)
	}
	return out
}

func TestLagCountsCommitsOfThisTopicOnly(t *testing.T) {
	e := epoch{id: "new"}
	for _, offset := range []int64{0, 1, 5, 6} { // 2 to 4 were aborted
		e.note(3, offset)
	}
	for _, c := range []struct {
		name, metadata, input string
		at, want              int64
	}{
		{name: "all consumed", metadata: "topic_id=new", input: inputOwn, at: 7},
		{name: "beyond the last record", metadata: "topic_id=new", input: inputOwn, at: 8},
		{name: "some left", metadata: "topic_id=new", input: inputOwn, at: 2, want: 5},
		{name: "with the last record", metadata: "topic_id=new last_record=1", input: inputOwn, at: 2, want: 5},
		{name: "a commit for the earlier topic", metadata: "topic_id=old", input: inputOwn, at: 100, want: 7},
		{name: "an input without ids", input: inputKafka, at: 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			commits := kadm.OffsetResponses{}
			commits.Add(kadm.OffsetResponse{Offset: kadm.Offset{Topic: topic, Partition: 3, At: c.at, Metadata: c.metadata}})
			if got := e.lag(commits, c.input); got != c.want {
				t.Errorf("the lag is %d, want %d", got, c.want)
			}
		})
	}
}
