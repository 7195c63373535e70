package wrap

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// decayedWeight is the sum of the weights by the definition: of the time of the newest
// row, or of the second newest where the newest is more than ten half-lives ahead of it.
func decayedWeight(seconds []int, halfLife int) float64 {
	sorted := slices.Sorted(slices.Values(seconds))
	n := len(sorted)
	if n > 1 && sorted[n-1]-sorted[n-2] > 10*halfLife {
		n--
	}
	sum := 0.0
	for _, s := range sorted[:n] {
		sum += math.Exp2(-float64(sorted[n-1]-s) / float64(halfLife))
	}
	return sum
}

// TestLoneJumpDoesNotOutweighUnderDecay: one row years ahead of its neighbours waits until
// a second one is there.
func TestLoneJumpDoesNotOutweighUnderDecay(t *testing.T) {
	const year = 365 * 24 * 3600
	maker := DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: 100 * time.Second}
	for _, c := range []struct {
		name    string
		seconds []int
	}{
		{name: "one row", seconds: []int{1000}},
		{name: "a jump at the end", seconds: []int{0, 1, 2, 3, 20 * year}},
		{name: "a jump in the midst", seconds: []int{0, 1, 20 * year, 2, 3}},
		{name: "a jump first", seconds: []int{20 * year, 0, 1, 2, 3}},
		{name: "a jump that is confirmed", seconds: []int{0, 1, 2, 3, 20 * year, 20*year + 1}},
		{name: "a jump that is confirmed by an equal one", seconds: []int{0, 20 * year, 1, 20 * year}},
		{name: "two jumps", seconds: []int{0, 1, 20 * year, 25 * year}},
		{name: "ten half-lives", seconds: []int{0, 1000}},
		{name: "a little more", seconds: []int{0, 1001}},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout, rows := timedRows(c.seconds...)
			a := statstest.LearnedUnder(t, maker, layout, rows)
			want := decayedWeight(c.seconds, 100)
			if got := a.Weight(); math.Abs(got-want) > 1e-12*want {
				t.Errorf("weight %v, want %v", got, want)
			}
			if s, err := a.(*Decay).Collapse(); err != nil || math.Abs(s.Weight()-want) > 1e-12*want {
				t.Errorf("collapsed to %v (%v), want %v", s.Weight(), err, want)
			}
			statstest.RequireRoundTrip(t, maker, a)
		})
	}
}

// TestDecayOfDrawnTimes draws times with jumps, orders, splits, and rows that are
// forgotten: what counts is what the two newest of all rows decide, and a lone row that is
// forgotten leaves no trace.
func TestDecayOfDrawnTimes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		halfLife := rapid.IntRange(1, 50).Draw(rt, "half-life")
		maker := DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: time.Duration(halfLife) * time.Second}
		second := rapid.OneOf(rapid.IntRange(-20, 20), rapid.IntRange(-5000, 5000))
		seconds := rapid.SliceOfN(second, 1, 40).Draw(rt, "seconds")
		layout, rows := timedRows(seconds...)
		want := decayedWeight(seconds, halfLife)
		near := func(what string, a stats.Additive, want float64) {
			if got := a.Weight(); math.Abs(got-want) > 1e-9*want {
				rt.Fatalf("%s: weight %v, want %v", what, got, want)
			}
		}
		whole := statstest.LearnedUnder(rt, maker, layout, rows)
		near("at once", whole, want)
		single, err := maker.New()
		if err != nil {
			rt.Fatal(err)
		}
		for i := range rows.N {
			one := rows.Select(i, i+1)
			if err := single.Learn(layout, &one); err != nil {
				rt.Fatal(err)
			}
		}
		near("row by row", single, want)
		k := rapid.IntRange(1, 6).Draw(rt, "parts")
		var parts []stats.Additive
		for _, part := range statstest.Dealt(rows, k, func(int) int { return rapid.IntRange(0, k-1).Draw(rt, "owner") }) {
			parts = append(parts, statstest.LearnedUnder(rt, maker, layout, part))
		}
		near("in parts", statstest.MergedTree(rt, parts, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }), want)

		// A row years ahead is learned and forgotten, by itself or as a part.
		_, far := timedRows(100_000_000)
		both := whole.Clone()
		if err := both.Learn(layout, far); err != nil {
			rt.Fatal(err)
		}
		want = decayedWeight(append(seconds, 100_000_000), halfLife) // the one before it counts now
		near("with a lone row", both, want)
		if rapid.Bool().Draw(rt, "subtracted") {
			err = both.Subtract(statstest.LearnedUnder(rt, maker, layout, far))
		} else {
			err = both.Forget(layout, far)
		}
		if err != nil {
			rt.Fatal(err)
		}
		near("without it", both, want)
		if _, err := maker.Decode(wire.NewReader([]byte(golden.Encoded(both)))); err != nil {
			rt.Fatal(err)
		}
	})
}

// TestDecayReadsBytesWithoutSecondRow: bytes of before have a newest row that counts.
func TestDecayReadsBytesWithoutSecondRow(t *testing.T) {
	maker := DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: time.Second}
	layout, rows := timedRows(1, 2, 3)
	d := statstest.LearnedUnder(t, maker, layout, rows).(*Decay)
	var old wire.Writer
	old.Varint(decayTimed)
	old.Varint(int64(d.halfLife))
	old.Varint(d.landmark)
	old.Varint(d.newest)
	d.inner.Encode(&old)
	back, err := maker.Decode(wire.NewReader(old.Bytes()))
	if err != nil || back.Weight() != 1.75 { // 1 + 1/2 + 1/4
		t.Errorf("read as %+v (%v)", back, err)
	}
}
