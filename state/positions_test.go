package state

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func positionsOf(t *testing.T, intervals ...Interval) *Positions {
	t.Helper()
	p := &Positions{}
	for _, v := range intervals {
		must(t, p.AddRange(v.First, v.Last))
	}
	return p
}

func TestPositionsAddRange(t *testing.T) {
	cases := []struct {
		name string
		add  []Interval
		want []Interval
	}{
		{name: "empty"},
		{name: "one", add: []Interval{{5, 5}}, want: []Interval{{5, 5}}},
		{name: "adjacent above", add: []Interval{{1, 2}, {3, 4}}, want: []Interval{{1, 4}}},
		{name: "adjacent below", add: []Interval{{3, 4}, {1, 2}}, want: []Interval{{1, 4}}},
		{name: "one apart", add: []Interval{{1, 2}, {4, 5}}, want: []Interval{{1, 2}, {4, 5}}},
		{name: "fills the gap", add: []Interval{{1, 2}, {4, 5}, {3, 3}}, want: []Interval{{1, 5}}},
		{name: "inside", add: []Interval{{1, 9}, {3, 4}}, want: []Interval{{1, 9}}},
		{name: "around", add: []Interval{{3, 4}, {6, 7}, {1, 9}}, want: []Interval{{1, 9}}},
		{name: "overlaps two", add: []Interval{{1, 3}, {6, 8}, {2, 7}}, want: []Interval{{1, 8}}},
		{name: "negative", add: []Interval{{-5, -3}, {-2, 0}}, want: []Interval{{-5, 0}}},
		{name: "ends of int64", add: []Interval{{math.MaxInt64, math.MaxInt64}, {math.MinInt64, math.MinInt64}},
			want: []Interval{{math.MinInt64, math.MinInt64}, {math.MaxInt64, math.MaxInt64}}},
		{name: "all of int64", add: []Interval{{3, math.MaxInt64}, {math.MinInt64, 2}}, want: []Interval{{math.MinInt64, math.MaxInt64}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := positionsOf(t, c.add...)
			if got := p.Intervals(); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			requireRoundTrip(t, p)
		})
	}
}

func requireRoundTrip(t *testing.T, p *Positions) {
	t.Helper()
	var w wire.Writer
	p.Encode(&w)
	r := wire.NewReader(w.Bytes())
	q, err := DecodePositions(r)
	must(t, err)
	must(t, r.Close())
	if !sameOffsets(p, q) {
		t.Errorf("%v decodes to %v", p.Intervals(), q.Intervals())
	}
}

// TestPositionsRandom compares with a set of numbers.
func TestPositionsRandom(t *testing.T) {
	const seed, numbers, steps = 7, 60, 3000
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20 {
		p, set := &Positions{}, map[int64]bool{}
		for range steps / 20 {
			o := int64(r.IntN(numbers))
			isNew := p.Add(o)
			if isNew == set[o] {
				t.Fatalf("offset %d is new: %v, contained: %v", o, isNew, set[o])
			}
			set[o] = true
		}
		for o := int64(-1); o <= numbers; o++ {
			if p.Contains(o) != set[o] {
				t.Fatalf("contains %d: %v, want %v", o, p.Contains(o), set[o])
			}
		}
		if p.Count() != uint64(len(set)) {
			t.Fatalf("count %d, want %d", p.Count(), len(set))
		}
		for i, v := range p.Intervals() {
			if v.Last < v.First || i > 0 && v.First <= p.intervals[i-1].Last+1 {
				t.Fatalf("intervals %v are not disjoint", p.Intervals())
			}
		}
		requireRoundTrip(t, p)
	}
}

func TestPositionsHigh(t *testing.T) {
	if h, ok := positionsOf(t, Interval{0, 6}, Interval{30, 30}).high(); h != 30 || !ok {
		t.Errorf("high %d, %v", h, ok)
	}
	if _, ok := (&Positions{}).high(); ok {
		t.Error("empty positions have a high")
	}
}

func TestPositionsLimits(t *testing.T) {
	p := &Positions{}
	for i := range int64(maxIntervals) {
		p.Add(2 * i)
	}
	requireRoundTrip(t, p)
	if n := p.Count(); n != maxIntervals {
		t.Errorf("%d offsets closed before the limit", n-maxIntervals)
	}
	if !p.Add(2 * maxIntervals) {
		t.Error("an offset beyond the limit is not fresh")
	}
	if n := len(p.Intervals()); n != maxIntervals/2+2 || p.Count()-maxIntervals-1 != maxIntervals/2-1 {
		t.Errorf("%d intervals, %d offsets closed, want %d and %d", n, p.Count()-maxIntervals-1, maxIntervals/2+2, maxIntervals/2-1)
	}
	if !p.Contains(1) || p.Contains(2*maxIntervals-1) || p.Contains(maxIntervals+1) {
		t.Error("the oldest holes are closed and no others")
	}
	requireRoundTrip(t, p)
	for i := int64(maxIntervals); i < 20*maxIntervals; i++ {
		p.Add(2 * i)
	}
	if n := len(p.Intervals()); n > maxIntervals {
		t.Errorf("%d intervals, want at most %d", n, maxIntervals)
	}
	if err := p.AddRange(3, 2); err == nil {
		t.Error("an interval that ends before it begins is accepted")
	}
}

// FuzzPositions: no input panics, lengths are bounded by the input, and what
// is accepted encodes to the same bytes.
func FuzzPositions(f *testing.F) {
	for _, p := range []*offsetSet{{}, {intervals: []Interval{{-3, 4}, {9, 9}}}, {intervals: []Interval{{math.MinInt64, math.MaxInt64}}}} {
		var w wire.Writer
		p.Encode(&w)
		f.Add(w.Bytes())
	}
	f.Add([]byte{2, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		p, err := DecodePositions(r)
		if err == nil {
			err = r.Close()
		}
		if err != nil {
			if !errors.Is(err, wire.ErrCorrupt) {
				t.Fatalf("error %v does not wrap ErrCorrupt", err)
			}
			return
		}
		var w wire.Writer
		p.Encode(&w)
		if !bytes.Equal(w.Bytes(), in) {
			t.Fatalf("%x decodes to %v, which encodes to %x", in, p.Intervals(), w.Bytes())
		}
	})
}

// BenchmarkPositionsAdd adds offsets in order, as a partition brings them.
func BenchmarkPositionsAdd(b *testing.B) {
	p := &Positions{}
	o := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		p.Add(o)
		o++
	}
}

func TestUnseen(t *testing.T) {
	if got := positionsOf(t, Interval{-2, 3}, Interval{5, 5}, Interval{10, 12}).Unseen(); got != 5 {
		t.Errorf("%d offsets were not seen, want 5", got)
	}
	if got := (&Positions{}).Unseen(); got != 0 {
		t.Errorf("%d offsets of nothing", got)
	}
}

// sameOffsets reports whether both hold the same offsets.
func sameOffsets(a, b *Positions) bool { return slices.Equal(a.intervals, b.intervals) }
