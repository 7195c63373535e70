package wrap

import (
	"errors"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestNothingLearnsWhatOnePartRefuses: rows whose layout one of the wrapped
// statistics cannot take are refused before any of the others has learned,
// however deep that one is.
func TestNothingLearnsWhatOnePartRefuses(t *testing.T) {
	summary := stats.SummaryMaker{}
	for _, c := range []struct {
		name  string
		maker stats.Maker
	}{
		{name: "in parallel", maker: ParallelMaker{Names: []string{"a", "b"}, Parts: []stats.Maker{FoldsMaker{Inner: summary, K: 3}, summary}}},
		{name: "folds in a window beside", maker: ParallelMaker{Names: []string{"a", "b"}, Parts: []stats.Maker{
			WindowMaker{Inner: FoldsMaker{Inner: summary, K: 2}, Period: time.Second, Tiles: 2}, summary,
		}}},
		{name: "decay of binnings beside", maker: ParallelMaker{Names: []string{"a", "b"}, Parts: []stats.Maker{
			DecayMaker{Inner: BinnedMaker{Inner: summary}, HalfLife: time.Second}, BinnedMaker{Inner: summary},
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.maker.New()
			if err != nil {
				t.Fatal(err)
			}
			learn := func(name string, value float64) error {
				layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: name}}}
				return a.Learn(layout, &stats.Rows{N: 1, Numeric: 1, Values: []float64{value}, Times: []int64{int64(value) * int64(time.Second)}})
			}
			if err := learn("x", 1); err != nil {
				t.Fatal(err)
			}
			// The last part, which learns first, would take y.
			b, ok := a.(*Parallel)
			if !ok {
				t.Fatalf("a %T", a)
			}
			fresh, err := c.maker.New()
			if err != nil {
				t.Fatal(err)
			}
			b.parts[1] = fresh.(*Parallel).parts[1]
			before := encoded(a)
			if err := learn("y", 1); !errors.Is(err, stats.ErrIncompatible) {
				t.Fatalf("rows of another layout: %v, want ErrIncompatible", err)
			}
			if encoded(a) != before {
				t.Error("a part has learned rows that another one refused")
			}
		})
	}
}

func encoded(a stats.Additive) string {
	w := wire.NewWriter(nil)
	a.Encode(w)
	return string(w.Bytes())
}
