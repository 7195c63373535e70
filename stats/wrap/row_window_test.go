package wrap

import (
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

func rowWindow(t *testing.T) *RowWindow {
	t.Helper()
	a, err := RowWindowMaker{Inner: stats.SummaryMaker{}, Rows: 100, Tiles: 10}.New()
	if err != nil {
		t.Fatal(err)
	}
	return a.(*RowWindow)
}

// TestRowWindowHoldsTheNewest learns rows whose x is their number: the window
// must hold the newest, at least as many as asked and at most a tile more.
func TestRowWindowHoldsTheNewest(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	w := rowWindow(t)
	for n := 1; n <= 1000; n++ {
		if err := w.Learn(layout, &stats.Rows{N: 1, Numeric: 1, Values: []float64{float64(n)}}); err != nil {
			t.Fatal(err)
		}
		whole, err := w.Collapse()
		if err != nil {
			t.Fatal(err)
		}
		m := whole.(*stats.Summary).Moments(0)
		if got := m.Weight(); got < float64(min(n, 100)) || got > 110 {
			t.Fatalf("after %d rows the window holds %v", n, got)
		}
		if m.Max() != float64(n) || m.Max()-m.Min() != m.Weight()-1 {
			t.Fatalf("after %d rows the window holds %v to %v, %v rows", n, m.Min(), m.Max(), m.Weight())
		}
	}
}

func TestRowWindowRoundTripAndForget(t *testing.T) {
	maker := RowWindowMaker{Inner: stats.SummaryMaker{}, Rows: 100, Tiles: 10}
	rows := statstest.LawRows(5, 80)
	whole := statstest.Learned(t, maker, rows)
	statstest.RequireRoundTrip(t, maker, whole)
	requireClone(t, whole, maker, rows)
	first, last := rows.Select(0, 50), rows.Select(50, 80)
	if err := whole.Forget(statstest.LawLayout(), &last); err != nil {
		t.Fatal(err)
	}
	a, err := whole.(*RowWindow).Collapse()
	if err != nil {
		t.Fatal(err)
	}
	b, err := statstest.Learned(t, maker, &first).(*RowWindow).Collapse()
	if err != nil {
		t.Fatal(err)
	}
	requireSame(t, "forget", b, a, 10*toleranceExtended)
	if err := whole.Forget(statstest.LawLayout(), &last); !errors.Is(err, stats.ErrNotLearned) {
		t.Errorf("forgetting twice says %v, want ErrNotLearned", err)
	}
}
