package project

import (
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// PartWindow is the name of the window among statistics side by side.
const PartWindow = "window"

// maxWindowRows bounds a window of rows.
const maxWindowRows = 1_000_000_000

// Window is one of time (Period) or of rows (Rows), in Tiles tiles, 1 when that is
// 0.
type Window struct {
	Period time.Duration
	Rows   int
	Tiles  int
	// Lateness is how late a row may come, 0 for as long as the window is. Only
	// learning depends on it, so it is not stored.
	Lateness time.Duration
	// Ahead is how far the time of a row may be ahead of the clock, 0 for
	// DefaultAhead. It is a matter of learning, and not stored.
	Ahead time.Duration
	// Beside keeps the whole history in parallel.
	Beside bool
}

var (
	_ recentLayer = Window{}
	_ timedLayer  = Window{}
)

func windowRow() row { return newRow(PartWindow, stageRecent, (*Window).options) }

func (w *Window) options(f *param.Fields) {
	if w.isOn() {
		w.Tiles = max(w.Tiles, 1)
	}
	f.Object(param.Parameter{
		Name:        "window",
		Description: "Keep only recent rows: old rows leave the statistics, a tile at a time. At least `period` or `rows` are kept, and at most one tile more. The window of `period` ends with the newest row, unless that row is further ahead of all others than the window is long: then it waits until a second one is there. Set `period` or `rows` to switch it on.",
	}, nil, func(f *param.Fields) {
		param.Var(f, &w.Period, param.Parameter{
			Name: "period", Default: "0s", Range: param.Any().OrZero(), Examples: []any{"1h", "1m"},
			Description: "The least length of the window in event time: it holds up to one tile more. `timestamp` gives the time of a row.",
		})
		param.Var(f, &w.Rows, param.Parameter{
			Name: "rows", Default: 0, Range: param.Between(0, maxWindowRows), Examples: []any{400, 100},
			Description: "The least number of rows of each shard in the window, instead of `period`: it holds up to one tile more.",
		})
		param.Var(f, &w.Tiles, param.Parameter{
			Name: "tiles", Default: 12, Range: param.Between(1, 10_000), Examples: []any{4, 1},
			Description: "The number of tiles of the window. Old rows leave one tile at a time. A late row goes into its own tile while that tile is in the window.",
		})
		param.Var(f, &w.Lateness, param.Parameter{
			Name: "lateness", Default: "0s", Range: param.Any().OrZero(), Local: true,
			Description: "How far the time of a row may lie behind the newest row of its shard, rounded to whole tiles. Later rows are left out of the window. `0s` accepts a row as long as the window has its tile; only then is the answer the same for every order of the rows. Rows that are left out are logged and counted (`sml_rows_left_out_total`, reason `late`).",
		})
		bindAhead(f, &w.Ahead)
		bindBeside(f, &w.Beside)
		if w.Beside && !w.isOn() {
			f.Fail("beside", w.Beside, "false unless period or rows is set: there is no window")
		}
		if w.Lateness > 0 && w.Period == 0 {
			f.Fail("lateness", w.Lateness, "0s without a window of time (period)")
		}
	})
}

// bindAhead binds how far the time of a row may be ahead of the clock.
func bindAhead(f *param.Fields, ahead *time.Duration) {
	param.Var(f, ahead, param.Parameter{
		Name: "ahead", Default: "0s", Range: param.Any().OrZero(), Local: true,
		Description: "How far the time of a row may be ahead of the clock. A row that is further ahead is marked as failed, logged and counted (`sml_rows_left_out_total`, reason `ahead`), as it would move everything before it out of sight until its time comes. `0s` means one minute.",
	})
}

// bindBeside binds whether the history is kept in parallel.
func bindBeside(f *param.Fields, beside *bool) {
	param.Var(f, beside, param.Parameter{
		Name: "beside", Default: false,
		Description: "Keep the whole history in parallel. The history then stays the main answer.",
	})
}

func (w Window) isOn() bool             { return w.Period > 0 || w.Rows > 0 }
func (w Window) isBeside() bool         { return w.Beside }
func (w Window) needsTime() bool        { return w.Period > 0 }
func (w Window) aheadOf() time.Duration { return w.Ahead }

func (w Window) over(inner stats.Maker, _ stats.SummaryMaker) (stats.Maker, error) {
	tiles := max(w.Tiles, 1)
	switch {
	case w.Period > 0 && w.Rows > 0:
		return nil, fmt.Errorf("window: both period %v and rows %d are given", w.Period, w.Rows)
	case w.Period > 0 && w.Period/time.Duration(tiles) < time.Millisecond:
		return nil, fmt.Errorf("window period is %v in %d tiles, want 1ms or more for each", w.Period, tiles)
	case w.Lateness != 0 && w.Period == 0:
		return nil, fmt.Errorf("window: lateness is %v, but only a window of time (period) has one", w.Lateness)
	case w.Lateness > w.Period:
		return nil, fmt.Errorf("window: lateness %v is longer than the period %v", w.Lateness, w.Period)
	case w.Ahead < 0:
		return nil, fmt.Errorf("window: ahead is %v, want 0 or more", w.Ahead)
	case w.Rows > 0:
		return wrap.RowWindowMaker{Inner: inner, Rows: w.Rows, Tiles: tiles}, nil
	}
	return wrap.WindowMaker{Inner: inner, Period: w.Period / time.Duration(tiles), Tiles: tiles, Lateness: w.Lateness}, nil
}
