package forest

import (
	"fmt"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// friedman returns the rows of scikit-learn's make_friedman1(n_samples=n, noise=1,
// random_state=seed): ten numbers, five of which matter.
func friedman(n int, seed uint32) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{}
	for k := range 10 {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", k)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	r := newTwister(seed)
	rows := &stats.Rows{N: n, Numeric: 11}
	for range n {
		for range 10 {
			rows.Values = append(rows.Values, r.uniform())
		}
		rows.Values = append(rows.Values, 0)
	}
	for i := range n {
		x := rows.Row(i)
		x[10] = 10*math.Sin(math.Pi*x[0]*x[1]) + 20*(x[2]-.5)*(x[2]-.5) + 10*x[3] + 5*x[4] + r.normal()
	}
	return layout, rows
}

// numberLearner returns what learns numbers with the default options.
func numberLearner(t testing.TB, seed uint64, change func(*Spec)) *learner {
	t.Helper()
	s := Spec{ID: "f", Key: "k", Target: "y", Numeric: true, Trees: 10, SplitRows: 20, MaxNodes: 4096, MaxLinear: 16, Strength: 1, Seed: seed}
	if change != nil {
		change(&s)
	}
	f, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return &learner{forest: f, grower: NewGrower(f, func(string) bool { return true })}
}

// errorOf is the mean absolute error, test then train in batches.
func errorOf(t testing.TB, l *learner, layout *stats.Layout, rows *stats.Rows, batch int) (mae, within float64) {
	t.Helper()
	target := layout.NumericIndex("y")
	for from := 0; from < rows.N; from += batch {
		block := rows.Select(from, min(from+batch, rows.N))
		if from > 0 {
			trees, err := l.tally.ReadNumbers(l.forest, layout, .2, true)
			if err != nil {
				t.Fatal(err)
			}
			work := make([]float64, trees.Work())
			for i := range block.N {
				y := block.Row(i)[target]
				p := trees.Predict(block.Row(i), block.RowCodes(i), work)
				mae += math.Abs(p - y)
				if math.Abs(p-y) < 1.96*trees.Spread(block.Row(i), block.RowCodes(i), work) {
					within++
				}
			}
		}
		l.learn(layout, &block)
	}
	return mae / float64(rows.N-batch), within / float64(rows.N-batch)
}

// TestNumberStreams: the mean absolute error, test then train in batches of 50, on the artificial sets
// by which prototypes were measured. River's adaptive random forest has 1.87 on friedman, .946 on
// planes and 359 on mv, its Mondrian forest 2.32, 1.34 and 17.6 (10,000 rows, row by row).
func TestNumberStreams(t *testing.T) {
	drawn.Alone(t)
	for _, c := range []struct {
		name string
		of   func() (*stats.Layout, *stats.Rows)
		most float64
	}{
		{"friedman", func() (*stats.Layout, *stats.Rows) { return friedman(10_000, 0) }, 1.3},
		{"friedman, seed 1", func() (*stats.Layout, *stats.Rows) { return friedman(10_000, 1) }, 1.3},
		{"friedman, seed 2", func() (*stats.Layout, *stats.Rows) { return friedman(10_000, 2) }, 1.3},
		{"planes", func() (*stats.Layout, *stats.Rows) { return planes(4000, 0) }, .83},
		{"mv", func() (*stats.Layout, *stats.Rows) { return mv(4000, 0) }, 1.3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			layout, rows := c.of()
			l := numberLearner(t, 1, nil)
			mae, within := errorOf(t, l, layout, rows, 50)
			t.Logf("mean absolute error %.4f, %.1f %% within intervals of 95 %%, %d nodes", mae, 100*within, l.forest.Nodes())
			if mae > c.most || within < .9 || within > .985 {
				t.Errorf("mean absolute error %.4f, want %.4f; %.1f %% within intervals of 95 %%", mae, c.most, 100*within)
			}
		})
	}
}
