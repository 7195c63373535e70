package forest

import (
	"runtime"
	"testing"
)

// BenchmarkNumbers measures rows of ten numbers in ten trees, grown by 20,000 rows: growing, counting,
// predicting, with intervals as well, and a build, with what the forest, its sums and a built
// model take of memory.
func BenchmarkNumbers(b *testing.B) {
	layout, rows := friedman(20_000, 1)
	learned := func(seed uint64) *learner {
		l := numberLearner(b, seed, nil)
		for from := 0; from < rows.N; from += 1000 {
			block := rows.Select(from, from+1000)
			l.learn(layout, &block)
		}
		return l
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := learned(1)
	l.grower = nil
	runtime.GC()
	runtime.ReadMemStats(&after)
	state := float64(after.HeapAlloc) - float64(before.HeapAlloc)
	trees, err := l.tally.ReadNumbers(l.forest, layout, 0.2, false)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	built := float64(before.HeapAlloc) - float64(after.HeapAlloc)
	perRow := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
	}
	block := rows.Select(0, 1000)
	b.Run("learn", func(b *testing.B) {
		for b.Loop() {
			learned(2)
		}
		perRow(b, rows.N)
		b.ReportMetric(state/1e6, "MB")
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			l.tally.Learn([]*Forest{l.forest}, layout, &block)
		}
		perRow(b, block.N)
	})
	work := make([]float64, trees.Work())
	b.Run("predict", func(b *testing.B) {
		for b.Loop() {
			for i := range block.N {
				trees.Predict(block.Row(i), block.RowCodes(i), work)
			}
		}
		perRow(b, block.N)
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if trees, err = l.tally.ReadNumbers(l.forest, layout, 0.2, true); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(built/1e6, "MB")
	})
	b.Run("interval", func(b *testing.B) {
		for b.Loop() {
			for i := range block.N {
				trees.Spread(block.Row(i), block.RowCodes(i), work)
			}
		}
		perRow(b, block.N)
	})
}
