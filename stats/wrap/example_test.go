package wrap_test

import (
	"fmt"
	"log"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// A window of two seconds in two tiles forgets what is older than two seconds
// before the newest row, a tile at a time; its parts are
// whatever its inner maker makes.
func Example() {
	maker := wrap.WindowMaker{Inner: wrap.FoldsMaker{Inner: stats.SummaryMaker{}, K: 3}, Period: time.Second, Tiles: 2}
	window, err := maker.New()
	if err != nil {
		log.Fatal(err)
	}
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "temperature"}}}
	for second := range 5 {
		rows := &stats.Rows{N: 1, Numeric: 1, Values: []float64{20 + float64(second)}, Times: []int64{int64(second) * int64(time.Second)}}
		if err := window.Learn(layout, rows); err != nil {
			log.Fatal(err)
		}
	}
	folds, err := window.(stats.Collapser).Collapse()
	if err != nil {
		log.Fatal(err)
	}
	whole, err := folds.(stats.Collapser).Collapse()
	if err != nil {
		log.Fatal(err)
	}
	recent := whole.(*stats.Summary)
	fmt.Println(recent.Weight(), recent.Moments(0).Mean())
	// Output: 3 23
}
