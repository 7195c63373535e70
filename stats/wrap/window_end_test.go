package wrap

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

func timedRows(seconds ...int) (*stats.Layout, *stats.Rows) {
	rows := &stats.Rows{N: len(seconds), Numeric: 1, Values: make([]float64, len(seconds))}
	for _, s := range seconds {
		rows.Times = append(rows.Times, int64(time.Duration(s)*time.Second))
	}
	return &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}, rows
}

// TestLoneJumpDoesNotEmptyAWindow: one row far ahead waits until a second one is
// there; whatever the order and the split, the same rows count.
func TestLoneJumpDoesNotEmptyAWindow(t *testing.T) {
	maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: 5}
	for _, c := range []struct {
		name    string
		seconds []int
		want    float64
	}{
		{name: "one row", seconds: []int{1000}, want: 1},
		{name: "a jump at the end", seconds: []int{0, 1, 2, 3, 1000}, want: 4},
		{name: "a jump in the midst", seconds: []int{0, 1, 1000, 2, 3}, want: 4},
		{name: "a jump first", seconds: []int{1000, 0, 1, 2, 3}, want: 4},
		{name: "a jump that is confirmed", seconds: []int{0, 1, 2, 3, 1000, 1001}, want: 2},
		{name: "within the window", seconds: []int{0, 1, 2, 3, 8}, want: 2},
		{name: "two jumps", seconds: []int{0, 1, 2, 1000, 2000}, want: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout, rows := timedRows(c.seconds...)
			whole := statstest.LearnedUnder(t, maker, layout, rows)
			if got := whole.Weight(); got != c.want {
				t.Errorf("weight is %v, want %v", got, c.want)
			}
			s, err := whole.(*Window).Collapse()
			if err != nil || s.Weight() != c.want {
				t.Errorf("collapsed to %v (%v), want %v", s.Weight(), err, c.want)
			}
			statstest.RequireRoundTrip(t, maker, whole)
			var parts []stats.Additive
			for i := range rows.N {
				one := rows.Select(i, i+1)
				parts = append(parts, statstest.LearnedUnder(t, maker, layout, &one))
			}
			if got := statstest.MergedTree(t, parts, func(n int) int { return n / 2 }); golden.Encoded(got) != golden.Encoded(whole) {
				t.Errorf("split row by row, the weight is %v, want %v", got.Weight(), c.want)
			}
		})
	}
}

// TestWindowOfDrawnTimes draws times with jumps, orders and splits: what counts
// is what the two newest of all rows decide.
func TestWindowOfDrawnTimes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tiles := rapid.IntRange(1, 8).Draw(rt, "tiles")
		maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: tiles}
		second := rapid.OneOf(rapid.IntRange(-20, 20), rapid.IntRange(-5000, 5000))
		seconds := rapid.SliceOfN(second, 1, 40).Draw(rt, "seconds")
		layout, rows := timedRows(seconds...)
		first, next := math.MinInt, math.MinInt
		for _, s := range seconds {
			if s > first {
				first, next = s, first
			} else {
				next = max(next, s)
			}
		}
		end := first
		if next != math.MinInt && first-next > tiles {
			end = next
		}
		want := 0.0
		for _, s := range seconds {
			if s <= end && s >= end-tiles {
				want++
			}
		}
		if got := statstest.LearnedUnder(rt, maker, layout, rows).Weight(); got != want {
			rt.Fatalf("at once: weight %v, want %v", got, want)
		}
		k := rapid.IntRange(1, 6).Draw(rt, "parts")
		var parts []stats.Additive
		for _, part := range statstest.Dealt(rows, k, func(int) int { return rapid.IntRange(0, k-1).Draw(rt, "owner") }) {
			parts = append(parts, statstest.LearnedUnder(rt, maker, layout, part))
		}
		if got := statstest.MergedTree(rt, parts, func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }).Weight(); got != want {
			rt.Fatalf("in parts: weight %v, want %v", got, want)
		}
	})
}

// TestWindowsHoldWhatIsAskedFor: a window of a minute in tiles of any length
// holds each row of the minute before the newest, at any phase of the clock, and
// none that is older than a tile more; a window of rows holds as many, whatever
// the number of tiles.
func TestWindowsHoldWhatIsAskedFor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tiles := rapid.SampledFrom([]int{1, 2, 3, 5, 12, 60}).Draw(rt, "tiles")
		start := rapid.IntRange(-100, 1e6).Draw(rt, "start")
		n := rapid.IntRange(200, 300).Draw(rt, "rows")
		seconds := make([]int, n)
		for i := range seconds {
			seconds[i] = start + i
		}
		layout, rows := timedRows(seconds...)
		w := statstest.LearnedUnder(rt, WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Duration(60/tiles) * time.Second, Tiles: tiles}, layout, rows).(*Window)
		if got := w.Weight(); got < 60 || got > 60+float64(60/tiles) {
			rt.Errorf("a window of 60 s in %d tiles holds %v s", tiles, got)
		}
		from, to, ok := w.Span()
		newest := rows.Times[n-1]
		if !ok || newest-from < int64(time.Minute) || newest >= to || to-from != int64(time.Minute)+int64(w.period) {
			rt.Errorf("window from %d to %d, newest row at %d", from, to, newest)
		}
		asked := rapid.IntRange(tiles, 150).Draw(rt, "asked")
		r := statstest.LearnedUnder(rt, RowWindowMaker{Inner: stats.SummaryMaker{}, Rows: asked, Tiles: tiles}, layout, rows)
		if got := r.Weight(); got < float64(asked) || got > float64(asked+tiles-1+(asked+tiles-1)/tiles) {
			rt.Errorf("a window of %d rows in %d tiles holds %v", asked, tiles, got)
		}
	})
}

// TestWindowReadsBytesWithoutSecondRow: bytes of before end where they said.
func TestWindowReadsBytesWithoutSecondRow(t *testing.T) {
	maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: 5}
	layout, rows := timedRows(1, 2, 3)
	w := statstest.LearnedUnder(t, maker, layout, rows).(*Window)
	var old wire.Writer
	old.Varint(int64(w.period))
	old.Uvarint(uint64(w.tiles))
	old.Varint(w.newest)
	w.encode(&old, old.Varint)
	back, err := maker.Decode(wire.NewReader(old.Bytes()))
	if err != nil || back.Weight() != 3 || back.(*Window).last() != 3 {
		t.Errorf("read as %+v (%v)", back, err)
	}
}

// TestLateRowsAreCounted: Late says before learning what would be left out.
func TestLateRowsAreCounted(t *testing.T) {
	maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: 5, Lateness: 2 * time.Second}
	layout, rows := timedRows(10, 11, 12, 3, 9, 10, 13)
	empty, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(stats.LateRows(empty, rows.Times)), fmt.Sprint([]bool{3: true, 4: true, 6: false}); got != want {
		t.Errorf("late are %s, want %s", got, want)
	}
	if got := statstest.LearnedUnder(t, maker, layout, rows).Weight(); got != 5 {
		t.Errorf("%v rows count, want 5", got)
	}
}

// TestRowsLeftBehindByTheirBatchAreLate draws batches: of each, the rows that are not late
// are those that the window holds of it afterwards, and what it holds does not depend on
// how the rows were split.
func TestRowsLeftBehindByTheirBatchAreLate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: rapid.IntRange(1, 8).Draw(rt, "tiles")}
		second := rapid.OneOf(rapid.IntRange(-20, 20), rapid.IntRange(-5000, 5000))
		seconds := rapid.SliceOfN(second, 1, 40).Draw(rt, "seconds")
		layout, rows := timedRows(seconds...)
		at := rapid.IntRange(0, rows.N).Draw(rt, "first batch")
		w, err := maker.New()
		if err != nil {
			rt.Fatal(err)
		}
		for _, part := range []stats.Rows{rows.Select(0, at), rows.Select(at, rows.N)} {
			late := stats.LateRows(w, part.Times)
			if err := w.Learn(layout, &part); err != nil {
				rt.Fatal(err)
			}
			for i, at := range part.Times {
				if held, isLate := w.(*Window).holds(w.(*Window).tile(at)), late != nil && late[i]; held == isLate {
					rt.Errorf("row %d of the time %d: held %v, late %v", i, at, held, isLate)
				}
			}
		}
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
		if golden.Encoded(single) != golden.Encoded(w) {
			rt.Errorf("row by row the weight is %v, in two batches %v", single.Weight(), w.Weight())
		}
	})
}
