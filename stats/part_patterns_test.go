package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// patternRows draws rows of some patterns of missing values.
func patternRows(r *rand.Rand, columns, n int, masks []int) *stats.Rows {
	rows := &stats.Rows{N: n, Numeric: columns}
	for range n {
		mask := masks[r.IntN(len(masks))]
		for j := range columns {
			x := float64(r.IntN(1000)) / 8
			if mask&(1<<j) == 0 {
				x = math.NaN()
			}
			rows.Values = append(rows.Values, x)
		}
	}
	return rows
}

// samePatterns says how the rows of one summary are kept in another way than those of
// another one, and how what is asked of all complete rows differs.
func samePatterns(got, want *stats.Summary, columns int) error {
	dense, overflow := got.Patterns()
	wantDense, wantOverflow := want.Patterns()
	if dense != wantDense || overflow != wantOverflow {
		return fmt.Errorf("%d patterns and %v rows of others, want %d and %v", dense, overflow, wantDense, wantOverflow)
	}
	for mask := 1; mask < 1<<columns; mask++ {
		var of []int
		for j := range columns {
			if mask&(1<<j) != 0 {
				of = append(of, j)
			}
		}
		g, all, err := got.Complete(of)
		w, wantAll, wantErr := want.Complete(of)
		if err != nil || wantErr != nil || all != wantAll || (g == nil) != (w == nil) || g != nil && g.Weight() != w.Weight() {
			return fmt.Errorf("complete rows of columns %v: %v, %v (%v), want %v, %v (%v)", of, g, all, err, w, wantAll, wantErr)
		}
		for k := range of {
			if g != nil && math.Abs(g.Mean(k)-w.Mean(k)) > 1e-9 {
				return fmt.Errorf("mean of column %d of the complete rows of %v is %v, want %v", of[k], of, g.Mean(k), w.Mean(k))
			}
		}
	}
	return nil
}

// patternHistory learns, merges, stores and forgets rows.
type patternHistory struct {
	t      *testing.T
	seed   uint64
	random *rand.Rand
	maker  stats.SummaryMaker
	layout *stats.Layout
}

func newPatternHistory(t *testing.T, seed uint64, columns int) *patternHistory {
	h := &patternHistory{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 33)), layout: &stats.Layout{}}
	for j := range columns {
		h.layout.Numeric = append(h.layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
	}
	h.maker.Options.MaxPatterns = 2 + h.random.IntN(4)
	return h
}

func (h *patternHistory) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("seed %d: %v", h.seed, err)
	}
}

// learned returns what has learned rows.
func (h *patternHistory) learned(rows *stats.Rows) *stats.Summary {
	empty, err := h.maker.New()
	h.must(err)
	s := empty.(*stats.Summary)
	h.must(s.Learn(h.layout, rows))
	return s
}

// forget takes rows away in drawn parts, which may have been gathered before, and stores the
// summary now and then.
func (h *patternHistory) forget(s *stats.Summary, rows *stats.Rows) *stats.Summary {
	for from := 0; from < rows.N; {
		to := min(rows.N, from+1+h.random.IntN(40))
		part := rows.Select(from, to)
		if h.random.IntN(2) == 0 {
			h.must(s.Forget(h.layout, &part))
		} else {
			part.Forgotten = true
			h.must(s.Subtract(h.learned(&part)))
		}
		from = to
		if h.random.IntN(3) == 0 { // as in the next process
			var w wire.Writer
			s.Encode(&w)
			again, err := h.maker.Decode(wire.NewReader(w.Bytes()))
			h.must(err)
			s = again.(*stats.Summary)
		}
	}
	return s
}

// TestForgottenPatternsLeaveNoTrace: rows of further patterns are learned, some past the
// maximum, and forgotten in drawn parts, in one piece, merged or stored meanwhile. Then
// patterns are kept as if these rows had never been learned, and new ones find the same room.
func TestForgottenPatternsLeaveNoTrace(t *testing.T) {
	const columns = 5
	past := 0
	for seed := range drawn.Seeds(150) {
		h := newPatternHistory(t, seed, columns)
		r, most := h.random, h.maker.Options.MaxPatterns
		masks := r.Perm(1 << columns)
		base := patternRows(r, columns, 20+r.IntN(40), masks[:1+r.IntN(most)])
		extra := patternRows(r, columns, 1+r.IntN(60), masks[:1+r.IntN(4*most)])
		later := patternRows(r, columns, 1+r.IntN(30), masks[r.IntN(8):20])
		want, got := h.learned(base), h.learned(base)
		other := h.learned(extra)
		if _, overflow := other.Patterns(); overflow == 0 && r.IntN(2) == 0 { // rows come from another shard
			h.must(got.Merge(other))
		} else {
			h.must(got.Learn(h.layout, extra))
		}
		if _, overflow := got.Patterns(); overflow > 0 {
			past++
		}
		got = h.forget(got, extra)
		if err := samePatterns(got, want, columns); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		h.must(got.Learn(h.layout, later))
		h.must(want.Learn(h.layout, later))
		if err := samePatterns(got, want, columns); err != nil {
			t.Errorf("seed %d, with further rows: %v", seed, err)
		}
	}
	if past == 0 {
		t.Error("no row was of a pattern past the maximum")
	}
}
