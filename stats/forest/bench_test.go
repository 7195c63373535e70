package forest

import (
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// nine returns rows of nine numbers in two classes, which differ by the squares of three.
func nine(n int) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b"}}}}
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
	}
	r := rand.New(rand.NewPCG(1, 2))
	rows := &stats.Rows{N: n, Numeric: 9, Categorical: 1}
	for range n {
		sum := r.NormFloat64()
		for k := range 9 {
			x := r.NormFloat64()
			rows.Values = append(rows.Values, x)
			if k < 3 {
				sum += x * x
			}
		}
		rows.Codes = append(rows.Codes, 1+int32(min(max(int(sum/3), 0), 1)))
	}
	return layout, rows
}

// BenchmarkForest measures rows of ten trees of up to 4096 nodes, grown by 100,000 rows: growing
// until they are full, counting in them, predicting, and reading the trees off the counts, beside
// what counting the same rows in a summary costs.
func BenchmarkForest(b *testing.B) {
	layout, rows := nine(100_000)
	before := used()
	l := newLearner(b, 1)
	for from := 0; from < rows.N; from += 1000 {
		block := rows.Select(from, from+1000)
		l.learn(layout, &block)
	}
	l.grower = nil // what it keeps to choose cuts by goes when the trees are full
	state := used()
	trees, err := l.tally.Read(l.forest, layout, 0.2)
	if err != nil {
		b.Fatal(err)
	}
	perRow := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
	}
	block := rows.Select(0, 1000)
	b.Run("grow", func(b *testing.B) {
		for b.Loop() {
			g := newLearner(b, 2)
			for from := 0; from < 20_000; from += 1000 {
				part := rows.Select(from, from+1000)
				g.learn(layout, &part)
			}
		}
		perRow(b, 20_000)
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			l.tally.Learn([]*Forest{l.forest}, layout, &block)
		}
		perRow(b, block.N)
		b.ReportMetric((state-before)/1e6/10, "MB/tree")
	})
	b.Run("predict", func(b *testing.B) {
		work, p := make([]float64, trees.Work()), make([]float64, len(trees.Classes()))
		for b.Loop() {
			for i := range block.N {
				clear(p)
				trees.Predict(block.Row(i), block.RowCodes(i), 1, p, work)
			}
		}
		perRow(b, block.N)
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.tally.Read(l.forest, layout, 0.2); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("summary", func(b *testing.B) {
		learnSummary(b, layout, &block)
		perRow(b, block.N)
	})
}

func learnSummary(b *testing.B, layout *stats.Layout, block *stats.Rows) {
	s, err := stats.SummaryMaker{}.New()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Learn(layout, block); err != nil {
			b.Fatal(err)
		}
	}
}
