package forest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// mixed returns rows of numbers, categories and a target "y", with gaps, weights and
// attributes on drawn scales: what a tree may meet.
func mixed(seed uint64, n int) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "a"}, {Name: "y"}, {Name: "b"}, {Name: "flag", Binary: true}, {Name: "same"}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"u", "v", "w"}}},
	}
	r := rand.New(rand.NewPCG(seed, 5))
	rows := &stats.Rows{}
	rows.Reset(5, 1)
	rows.N = n
	for range n {
		a, b, kind, flag := r.NormFloat64(), r.ExpFloat64(), int32(r.IntN(5)), float64(r.IntN(2))
		y := 2*a + float64(kind)*b + r.NormFloat64()/4
		if flag > 0 {
			y = -y
		}
		values := []float64{1000 + 3*a, 1e-3 * y, 1e6 * b, flag, 7}
		for i := range values {
			if r.IntN(12) == 0 {
				values[i] = math.NaN()
			}
		}
		rows.Values = append(rows.Values, values...)
		rows.Codes = append(rows.Codes, kind-1) // -1 is missing, 0 has no name
		rows.Weights = append(rows.Weights, float64(1+r.IntN(3))/2)
	}
	return layout, rows
}

// grownNumbers returns a forest of the number "y" that has grown from rows.
func grownNumbers(t testing.TB, seed uint64, layout *stats.Layout, rows *stats.Rows, change func(*Spec)) *Forest {
	t.Helper()
	l := numberLearner(t, seed, func(s *Spec) {
		s.Trees, s.MaxNodes = 4, 128
		if change != nil {
			change(s)
		}
	})
	l.grower.Grow(layout, rows)
	return l.grower.Snapshot()
}

func sumsIn(f *Forest, layout *stats.Layout, rows ...*stats.Rows) *Tally {
	t := &Tally{}
	for _, r := range rows {
		t.Learn([]*Forest{f}, layout, r)
	}
	return t
}

// differs says where two tallies of a forest differ by more than rounding.
func differs(a, b *Tally) string {
	if a.Weight("f") != b.Weight("f") {
		return fmt.Sprintf("weights %v and %v", a.Weight("f"), b.Weight("f"))
	}
	x, y := a.part("f"), b.part("f")
	for k := range max(len(x.trees), len(y.trees)) {
		x.widen(k + 1)
		y.widen(k + 1)
		one, other := &x.trees[k], &y.trees[k]
		nodes, classes := max(one.nodes(), other.nodes()), max(one.classes, other.classes)
		one.widen(nodes, classes)
		other.widen(nodes, classes)
		for i := range one.own {
			if math.Abs(one.own[i]-other.own[i]) > 1e-9*(1+math.Abs(one.own[i])) {
				return fmt.Sprintf("tree %d has %v and %v", k, one.own[i], other.own[i])
			}
		}
	}
	return ""
}

// TestNumberLaws: given the forest, sums do not depend on how rows are ordered and dealt, and
// what is taken away is as if it had never been there.
func TestNumberLaws(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		layout, rows := mixed(seed, 300)
		_, before := mixed(seed+100, 300)
		f := grownNumbers(t, seed, layout, before, nil)
		whole := sumsIn(f, layout, rows)
		owner := make([]int, rows.N)
		for i := range owner {
			owner[i] = r.IntN(4)
		}
		sum := &Tally{}
		for _, k := range r.Perm(4) {
			sum.Merge(sumsIn(f, layout, picked(rows, func(i int) bool { return owner[i] == k })))
		}
		if d := differs(sum, whole); d != "" {
			t.Fatalf("seed %d: the sum of parts differs from the whole: %s", seed, d)
		}
		sum.Reduce(sumsIn(f, layout, picked(rows, func(i int) bool { return owner[i] == 0 })))
		rest := sumsIn(f, layout, picked(rows, func(i int) bool { return owner[i] != 0 }))
		if d := differs(sum, rest); d != "" {
			t.Fatalf("seed %d: what was taken away is not gone: %s", seed, d)
		}
		rest.Scale(4)
		rest.Scale(0.25)
		if d := differs(sum, rest.Clone()); d != "" {
			t.Fatalf("seed %d: scaling there and back changes sums: %s", seed, d)
		}
		sum.Reduce(rest)
		if trees, err := sum.ReadNumbers(f, layout, .2, true); err != nil || trees.Weight() > 1e-9 {
			t.Fatalf("seed %d: of no rows there are %v left, error %v", seed, trees.Weight(), err)
		}
	}
}

// TestNumbersForgottenInALargerForest: rows that were counted above nodes that have been made
// since are forgotten. The sums of all rows are those of the rows that are left, and what is
// predicted are numbers.
func TestNumbersForgottenInALargerForest(t *testing.T) {
	for seed := range uint64(12) {
		layout, first := mixed(seed, 200)
		_, then := mixed(seed+100, 200)
		l := numberLearner(t, seed, func(s *Spec) { s.Trees, s.MaxNodes, s.SplitRows = 4, 128, 5 })
		for _, rows := range []*stats.Rows{first, then} {
			l.learn(layout, rows)
		}
		last := l.grower.Snapshot()
		l.tally.Reduce(sumsIn(last, layout, first))
		got, err := l.tally.ReadNumbers(last, layout, 0.2, true)
		if err != nil {
			t.Fatal(err)
		}
		want, err := sumsIn(last, layout, then).ReadNumbers(last, layout, 0.2, true)
		if err != nil {
			t.Fatal(err)
		}
		if got.Weight() != want.Weight() {
			t.Errorf("seed %d: %v rows, want %v", seed, got.Weight(), want.Weight())
		}
		for k := range got.weights {
			if g, w := got.weights[k].nodes[0].rows, want.weights[k].nodes[0].rows; math.Abs(g-w) > 1e-9 {
				t.Errorf("seed %d: tree %d has %v rows, want %v", seed, k, g, w)
			}
		}
		checkPredictions(t, fmt.Sprint("seed ", seed), got, layout, then)
	}
}

// checkPredictions holds that predictions, deviations and contributions of rows, of rows of nothing
// and the report are numbers, and that contributions add up.
func checkPredictions(t *testing.T, name string, n *Numbers, layout *stats.Layout, rows *stats.Rows) {
	t.Helper()
	work, parts := make([]float64, n.Work()), make([]float64, len(n.forest.inputs))
	nothing := make([]float64, rows.Numeric)
	for i := range nothing {
		nothing[i] = math.NaN()
	}
	size := 0.0
	for i := range rows.N {
		values, codes := rows.Row(i), rows.RowCodes(i)
		switch i % 10 {
		case 8:
			values = nothing
		case 9:
			values, codes = nil, nil
		}
		p, spread := n.Predict(values, codes, work), n.Spread(values, codes, work)
		clear(parts)
		n.Explain(values, codes, 1, parts, work)
		sum := n.Base()
		size = max(size, math.Abs(sum), math.Abs(p))
		for _, v := range parts {
			sum += v
			size = max(size, math.Abs(v))
		}
		if math.IsNaN(p) || math.IsInf(p, 0) || !(spread >= 0) || math.IsInf(spread, 0) {
			t.Fatalf("%s: row %v is predicted as %v, deviation %v", name, values, p, spread)
		}
		if math.Abs(sum-p) > 1e-6*size {
			t.Fatalf("%s: contributions of %v come to %v, the prediction is %v", name, values, sum, p)
		}
	}
	r, total := n.Report(), 0.0
	for _, i := range r.Importance {
		total += i.Importance
		if !(i.Importance >= 0) {
			t.Fatalf("%s: importance %v", name, r.Importance)
		}
	}
	if n.Varies() && total > 0 && math.Abs(total-1) > 1e-9 {
		t.Fatalf("%s: importance adds up to %v", name, total)
	}
}

// TestNumbersOfAnyScale: attributes and targets of drawn orders of magnitude, without spread, with
// gaps, with leaves that are linear or constant, and with weights that fade leave every number a
// number.
func TestNumbersOfAnyScale(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 17))
		layout, rows := mixed(seed, 150)
		for k := range rows.Numeric {
			if layout.Numeric[k].Binary {
				continue
			}
			scale, offset := math.Pow(10, float64(r.IntN(601)-300)), math.Pow(10, float64(r.IntN(601)-300))
			switch r.IntN(4) {
			case 0:
				offset = 0
			case 1:
				scale = 0
			}
			wild := r.IntN(5) == 0 // values of all orders of magnitude
			for i := range rows.N {
				v := &rows.Values[i*rows.Numeric+k]
				if wild {
					*v = math.Copysign(math.Pow(10, 600*r.Float64()-300), r.Float64()-.5)
				} else {
					*v = min(max(*v*scale+offset, -math.MaxFloat64), math.MaxFloat64)
				}
			}
		}
		l := numberLearner(t, seed, func(s *Spec) { s.Trees, s.SplitRows, s.MaxLinear = 3, 2+r.IntN(8), r.IntN(2)*16 })
		for from := 0; from < rows.N; {
			to := min(from+1+r.IntN(60), rows.N)
			block := rows.Select(from, to)
			block.Weights = rows.Weights[from:to]
			l.learn(layout, &block)
			from = to
			l.tally.Scale(math.Pow(2, -float64(r.IntN(20))))
		}
		trees, err := l.tally.ReadNumbers(l.forest, layout, .2, true)
		if err != nil {
			t.Fatal(err)
		}
		checkPredictions(t, fmt.Sprint("seed ", seed), trees, layout, rows)
	}
}

// TestNumberBytes: forests of numbers and their sums are read back as they were, and grow as they
// would have grown.
func TestNumberBytes(t *testing.T) {
	layout, rows := mixed(7, 200)
	f := grownNumbers(t, 7, layout, rows, nil)
	tally := sumsIn(f, layout, rows)
	golden.Check(t, "forest_v2.bin", []byte(golden.Encoded(f)))
	golden.Check(t, "tally_v1_numbers.bin", []byte(golden.Encoded(tally)))
	back, err := Decode(wire.NewReader([]byte(golden.Encoded(f))))
	if err != nil {
		t.Fatal(err)
	}
	if golden.Encoded(back) != golden.Encoded(f) || !back.Extends(f) || !f.Extends(back) {
		t.Error("a forest is another one after it was stored")
	}
	again, err := DecodeTally(wire.NewReader([]byte(golden.Encoded(tally))))
	if err != nil {
		t.Fatal(err)
	}
	if golden.Encoded(again) != golden.Encoded(tally) {
		t.Error("a tally is another one after it was stored")
	}
	one, other := NewGrower(f, func(string) bool { return true }), NewGrower(back, func(string) bool { return true })
	_, more := mixed(8, 300)
	one.Grow(layout, more)
	other.Grow(layout, more)
	if golden.Encoded(one.Snapshot()) != golden.Encoded(other.Snapshot()) || !one.Snapshot().Extends(f) {
		t.Error("a forest grows otherwise after it was stored")
	}
}

// TestInputsThatComeLater: attributes that come while a forest grows become terms, and more than
// max_linear_inputs make the nodes those of means. What was counted before is predicted by all
// the same.
func TestInputsThatComeLater(t *testing.T) {
	layout, rows := friedman(600, 3)
	narrow := &stats.Layout{Numeric: append(append([]stats.NumericColumn{}, layout.Numeric[:3]...), layout.Numeric[10])}
	few := &stats.Rows{N: 300, Numeric: 4}
	for i := range 300 {
		x := rows.Row(i)
		few.Values = append(few.Values, x[0], x[1], x[2], x[10])
	}
	rest := rows.Select(300, 600)
	for _, most := range []int{16, 5} {
		l := numberLearner(t, 1, func(s *Spec) { s.MaxLinear = most })
		l.learn(narrow, few)
		l.learn(layout, &rest)
		trees, err := l.tally.ReadNumbers(l.forest, layout, .2, true)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[int]int{16: 10, 5: 0}[most]; len(trees.linear) != want || trees.Weight() != 600 {
			t.Errorf("%d linear inputs of at most %d, %v rows", len(trees.linear), most, trees.Weight())
		}
		checkPredictions(t, fmt.Sprint("at most ", most), trees, layout, &rest)
	}
}
