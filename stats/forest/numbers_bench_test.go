package forest

import (
	"runtime"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// used returns the bytes that are in use.
func used() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// learnedNumbers learns all rows in batches of 1,000.
func learnedNumbers(b testing.TB, layout *stats.Layout, rows *stats.Rows) *learner {
	l := numberLearner(b, 1, nil)
	for from := 0; from < rows.N; from += 1000 {
		block := rows.Select(from, from+1000)
		l.learn(layout, &block)
	}
	return l
}

// BenchmarkNumbers measures rows of ten numbers in ten trees, grown by 20,000 rows: growing, counting,
// predicting, with intervals as well, and a build, with what the forest and its sums, and a built
// model, take of memory.
func BenchmarkNumbers(b *testing.B) {
	layout, rows := friedman(20_000, 1)
	before := used()
	l := learnedNumbers(b, layout, rows)
	l.grower = nil
	state := used()
	trees, err := l.tally.ReadNumbers(l.forest, layout, 0.2, false)
	if err != nil {
		b.Fatal(err)
	}
	built := used()
	block, work := rows.Select(0, 1000), make([]float64, trees.Work())
	for _, c := range []struct {
		name string
		rows int
		do   func()
		size float64
	}{
		{"learn", rows.N, func() { learnedNumbers(b, layout, rows) }, state - before},
		{"count", block.N, func() { l.tally.Learn([]*Forest{l.forest}, layout, &block) }, 0},
		{"predict", block.N, func() {
			for i := range block.N {
				trees.Predict(block.Row(i), nil, work)
			}
		}, 0},
		{"build", 1, func() { trees, err = l.tally.ReadNumbers(l.forest, layout, 0.2, true) }, built - state},
		{"interval", block.N, func() {
			for i := range block.N {
				trees.Spread(block.Row(i), nil, work)
			}
		}, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.do()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.rows), "ns/row")
			b.ReportMetric(c.size/1e6/10, "MB/tree")
		})
	}
	if err != nil {
		b.Fatal(err)
	}
}
