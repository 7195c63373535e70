package wrap

import (
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestWindowLateness: a row goes to its tile however it is ordered, unless it
// comes later than lateness allows.
func TestWindowLateness(t *testing.T) {
	for _, c := range []struct {
		name     string
		lateness time.Duration
		seconds  []int // event times in order of arrival
		want     float64
	}{
		{name: "in order", seconds: []int{0, 1, 2, 3, 4}, want: 5},
		{name: "out of order", seconds: []int{4, 0, 3, 1, 2}, want: 5},
		{name: "older than the window", seconds: []int{9, 3, 5}, want: 2},
		{name: "within lateness", lateness: 2 * time.Second, seconds: []int{4, 2, 3}, want: 3},
		{name: "beyond lateness", lateness: 2 * time.Second, seconds: []int{4, 1, 0}, want: 1},
		{name: "lateness in whole tiles", lateness: 1500 * time.Millisecond, seconds: []int{4, 2}, want: 2},
		{name: "late in a batch, then on time", lateness: time.Second, seconds: []int{5, 2, 6}, want: 2},
		{name: "early ones leave as time goes on", seconds: []int{0, 1, 2, 3, 4, 7}, want: 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			maker := WindowMaker{Inner: stats.SummaryMaker{}, Period: time.Second, Tiles: 5, Lateness: c.lateness}
			times := make([]int64, len(c.seconds))
			for i, s := range c.seconds {
				times[i] = int64(time.Duration(s)*time.Second + time.Millisecond)
			}
			rows := &stats.Rows{N: len(times), Numeric: 1, Values: make([]float64, len(times)), Times: times}
			layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
			if got := statstest.LearnedUnder(t, maker, layout, rows).Weight(); got != c.want {
				t.Errorf("one batch: weight %v, want %v", got, c.want)
			}
			single := statstest.LearnedUnder(t, maker, layout, &stats.Rows{Numeric: 1})
			for i := range rows.N {
				row := rows.Select(i, i+1)
				if err := single.Learn(layout, &row); err != nil {
					t.Fatal(err)
				}
			}
			if got := single.Weight(); got != c.want {
				t.Errorf("row by row: weight %v, want %v", got, c.want)
			}
		})
	}
}

func TestWindowBadSettings(t *testing.T) {
	for _, c := range []struct {
		maker WindowMaker
		want  string
	}{
		{maker: WindowMaker{Tiles: 1}, want: "period is 0s"},
		{maker: WindowMaker{Period: time.Second}, want: "tiles is 0"},
		{maker: WindowMaker{Period: time.Second, Tiles: 1, Lateness: -time.Second}, want: "lateness is -1s"},
	} {
		if _, err := c.maker.New(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want %q in it", err, c.want)
		}
	}
}
