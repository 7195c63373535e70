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

// TestForgottenPatternsLeaveNoTrace: rows of further patterns are learned, some past the
// maximum, and forgotten in drawn parts, in one piece, merged or stored meanwhile. Then
// patterns are kept as if these rows had never been learned, and new ones find the same room.
func TestForgottenPatternsLeaveNoTrace(t *testing.T) {
	const columns = 5
	past := 0
	for seed := range drawn.Seeds(150) {
		r := rand.New(rand.NewPCG(seed, 33))
		layout := &stats.Layout{}
		for j := range columns {
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
		}
		maker := stats.SummaryMaker{Options: stats.SummaryOptions{MaxPatterns: 2 + r.IntN(4)}}
		masks := r.Perm(1 << columns)
		own := masks[:1+r.IntN(maker.Options.MaxPatterns)]
		base, extra := patternRows(r, columns, 20+r.IntN(40), own), patternRows(r, columns, 1+r.IntN(60), masks[:1+r.IntN(4*maker.Options.MaxPatterns)])
		later := patternRows(r, columns, 1+r.IntN(30), masks[r.IntN(8):20])
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		learned := func(parts ...*stats.Rows) *stats.Summary {
			empty, err := maker.New()
			must(err)
			s := empty.(*stats.Summary)
			for _, rows := range parts {
				must(s.Learn(layout, rows))
			}
			return s
		}
		want, got := learned(base), learned(base)
		other := learned(extra)
		if _, overflow := other.Patterns(); overflow == 0 && r.IntN(2) == 0 { // rows come from another shard
			must(got.Merge(other))
		} else {
			must(got.Learn(layout, extra))
		}
		if _, overflow := got.Patterns(); overflow > 0 {
			past++
		}
		for from := 0; from < extra.N; {
			to := min(extra.N, from+1+r.IntN(40))
			part := extra.Select(from, to)
			if r.IntN(2) == 0 {
				must(got.Forget(layout, &part))
			} else {
				part.Forgotten = true
				must(got.Subtract(learned(&part)))
			}
			from = to
			if r.IntN(3) == 0 { // as in the next process
				var w wire.Writer
				got.Encode(&w)
				again, err := maker.Decode(wire.NewReader(w.Bytes()))
				must(err)
				got = again.(*stats.Summary)
			}
		}
		if err := samePatterns(got, want, columns); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		must(got.Learn(layout, later))
		must(want.Learn(layout, later))
		if err := samePatterns(got, want, columns); err != nil {
			t.Errorf("seed %d, with further rows: %v", seed, err)
		}
	}
	if past == 0 {
		t.Error("no row was of a pattern past the maximum")
	}
}
