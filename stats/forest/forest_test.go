package forest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// grown returns a forest of the law layout's `kind` that has grown from rows.
func grown(t testing.TB, seed uint64, rows ...*stats.Rows) *Forest {
	t.Helper()
	f, err := New(Spec{ID: "f", Key: "k", Target: "kind", Trees: 3, SplitRows: 5, MaxNodes: 256, Strength: 1, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	g := NewGrower(f, func(string) bool { return true })
	for _, r := range rows {
		g.Grow(statstest.LawLayout(), r)
	}
	return g.Snapshot()
}

func tallied(f *Forest, rows ...*stats.Rows) *Tally {
	t := &Tally{}
	for _, r := range rows {
		t.Learn([]*Forest{f}, statstest.LawLayout(), r)
	}
	return t
}

func picked(rows *stats.Rows, keep func(i int) bool) *stats.Rows {
	out := &stats.Rows{}
	out.Reset(rows.Numeric, rows.Categorical)
	for i := range rows.N {
		if keep(i) {
			out.Append(rows, i)
		}
	}
	return out
}

// TestLaws: given the forest, counts do not depend on how rows are ordered and dealt, and
// what is taken away is as if it had never been there.
func TestLaws(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows := statstest.LawRows(seed, 200)
		f := grown(t, seed, statstest.LawRows(seed+100, 300))
		whole := golden.Encoded(tallied(f, rows))
		owner := make([]int, rows.N)
		for i := range owner {
			owner[i] = r.IntN(4)
		}
		sum := &Tally{}
		for _, k := range r.Perm(4) {
			sum.Merge(tallied(f, picked(rows, func(i int) bool { return owner[i] == k })))
		}
		if golden.Encoded(sum) != whole {
			t.Fatalf("seed %d: the sum of parts differs from the whole", seed)
		}
		sum.Reduce(tallied(f, picked(rows, func(i int) bool { return owner[i] == 0 })))
		rest := tallied(f, picked(rows, func(i int) bool { return owner[i] != 0 }))
		if golden.Encoded(sum) != golden.Encoded(rest) {
			t.Fatalf("seed %d: what was taken away is not gone", seed)
		}
		rest.Scale(4)
		rest.Scale(0.25)
		if golden.Encoded(sum) != golden.Encoded(rest.Clone()) {
			t.Fatalf("seed %d: scaling there and back changes counts", seed)
		}
	}
}

// TestForgottenInALargerForest: rows that were counted above nodes that have been made since
// are forgotten there. No weight is below 0, and each class has what it would have had.
func TestForgottenInALargerForest(t *testing.T) {
	for seed := range uint64(20) {
		first, then := statstest.LawRows(seed, 150), statstest.LawRows(seed+100, 150)
		f, err := New(Spec{ID: "f", Key: "k", Target: "kind", Trees: 3, SplitRows: 5, MaxNodes: 256, Strength: 1, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		g := NewGrower(f, func(string) bool { return true })
		tally := &Tally{}
		for _, rows := range []*stats.Rows{first, then} {
			g.Grow(statstest.LawLayout(), rows)
			tally.Learn([]*Forest{g.Snapshot()}, statstest.LawLayout(), rows)
		}
		last := g.Snapshot()
		if !last.Extends(f) {
			t.Fatal("a forest has not grown from what it began with")
		}
		tally.Reduce(tallied(last, first))
		want, err := tallied(last, then).Read(last, statstest.LawLayout(), 0.2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tally.Read(last, statstest.LawLayout(), 0.2)
		if err != nil {
			t.Fatal(err)
		}
		if got.Weight() != want.Weight() || fmt.Sprint(got.Classes()) != fmt.Sprint(want.Classes()) {
			t.Errorf("seed %d: %v rows of %v, want %v of %v", seed, got.Weight(), got.Classes(), want.Weight(), want.Classes())
		}
		for k := range got.weights {
			for c := range want.weights[k].classes {
				if g, w := got.weights[k].total[c], want.weights[k].total[c]; g != w {
					t.Errorf("seed %d: tree %d has %v rows of class %d, want %v", seed, k, g, c, w)
				}
			}
			for i, v := range got.weights[k].total {
				if v < 0 {
					t.Errorf("seed %d: tree %d has %v rows in node %d", seed, k, v, i/got.weights[k].classes)
				}
			}
		}
	}
}

// TestPredictionsAreProbabilities: whatever a row has and lacks, probabilities are above 0
// and add up to 1, and the contributions to one of them add up to it.
func TestPredictionsAreProbabilities(t *testing.T) {
	for seed := range uint64(10) {
		rows := statstest.LawRows(seed, 300)
		f := grown(t, seed, rows)
		trees, err := tallied(f, rows).Read(f, statstest.LawLayout(), 0.2)
		if err != nil {
			t.Fatal(err)
		}
		work, p, parts := make([]float64, trees.Work()), make([]float64, len(trees.Classes())), make([]float64, len(f.inputs))
		probe := statstest.LawRows(seed+50, 100)
		for i := range probe.N {
			clear(p)
			clear(parts)
			trees.Predict(probe.Row(i), probe.RowCodes(i), 1, p, work)
			sum := 0.0
			for _, v := range p {
				sum += v
				if !(v > 0) {
					t.Fatalf("seed %d: probabilities %v", seed, p)
				}
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Fatalf("seed %d: probabilities %v add up to %v", seed, p, sum)
			}
			trees.Explain(probe.Row(i), probe.RowCodes(i), 1, 1, parts, work)
			base := trees.base(1)
			for _, v := range parts {
				base += v
			}
			if math.Abs(base-p[1]) > 1e-3 { // classes without rows have shares of their own
				t.Fatalf("seed %d: contributions come to %v, the probability is %v", seed, base, p[1])
			}
		}
	}
}

// TestRareClassesInDeepTrees: classes that are rare, and come when trees are deep, leave every
// weight a number: nodes that have not seen a class have a share for it all the same.
func TestRareClassesInDeepTrees(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "z"}}, Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b", "c", "d"}}}}
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 21))
		l := newLearner(t, seed)
		for block := range 40 {
			rows := &stats.Rows{N: 250, Numeric: 2, Categorical: 1}
			for range rows.N {
				// values over many orders of magnitude make long branches
				rows.Values = append(rows.Values, math.Pow(10, 40*r.Float64()-20), r.NormFloat64())
				class := int32(1 + r.IntN(2))
				if r.IntN(500) == 0 {
					class = int32(r.IntN(5)) // 0 has no name
				}
				if block < 20 && class > 2 {
					class = 1
				}
				rows.Codes = append(rows.Codes, class)
			}
			l.learn(layout, rows)
		}
		trees, err := l.tally.Read(l.forest, layout, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		for k, w := range trees.weights {
			for node, stop := range w.stop {
				if !(stop >= 0 && stop <= 1) {
					t.Fatalf("seed %d: tree %d ends in node %d with probability %v", seed, k, node, stop)
				}
			}
		}
		if depth := trees.Report().Depth; depth < 20 {
			t.Errorf("seed %d: the trees are %d deep, want 20", seed, depth)
		}
		p, work := make([]float64, len(trees.Classes())), make([]float64, trees.Work())
		for range 200 {
			clear(p)
			trees.Predict([]float64{math.Pow(10, 60*r.Float64()-30), r.NormFloat64()}, []int32{stats.Missing}, 1, p, work)
			sum := 0.0
			for _, v := range p {
				sum += v
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Fatalf("seed %d: probabilities %v", seed, p)
			}
		}
	}
}

// TestBytes: forests and tallies are read back as they were, and damage is an error.
func TestBytes(t *testing.T) {
	rows := statstest.LawRows(7, 120)
	f := grown(t, 7, rows)
	tally := tallied(f, rows)
	golden.Check(t, "forest_v1.bin", []byte(golden.Encoded(f)))
	golden.Check(t, "tally_v1.bin", []byte(golden.Encoded(tally)))
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
	// rows grow the one that was read as they would have grown the other
	one, other := NewGrower(f, func(string) bool { return true }), NewGrower(back, func(string) bool { return true })
	more := statstest.LawRows(8, 300)
	one.Grow(statstest.LawLayout(), more)
	other.Grow(statstest.LawLayout(), more)
	if golden.Encoded(one.Snapshot()) != golden.Encoded(other.Snapshot()) {
		t.Error("a forest grows otherwise after it was stored")
	}
}

func FuzzDecode(f *testing.F) {
	rows := statstest.LawRows(7, 60)
	forest := grown(f, 7, rows)
	f.Add([]byte(golden.Encoded(forest)))
	f.Add([]byte(golden.Encoded(tallied(forest, rows))))
	layout, numbers := mixed(7, 60)
	number := grownNumbers(f, 7, layout, numbers, nil)
	f.Add([]byte(golden.Encoded(number)))
	f.Add([]byte(golden.Encoded(sumsIn(number, layout, numbers))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if read, err := Decode(wire.NewReader(b)); err == nil && read.Numeric {
			trees, err := sumsIn(read, layout, numbers).ReadNumbers(read, layout, 0.2, true)
			if err != nil {
				t.Fatal(err)
			}
			trees.Report()
			trees.Spread(nil, nil, make([]float64, trees.Work()))
		} else if err == nil {
			if _, err := tallied(read, rows).Read(read, statstest.LawLayout(), 0.2); err != nil {
				t.Error(err)
			}
		}
		tally, err := DecodeTally(wire.NewReader(b))
		if err != nil {
			return
		}
		_, _ = tally.Read(forest, statstest.LawLayout(), 0.2) // may be behind
		_, _ = tally.ReadNumbers(number, layout, 0.2, true)   // as well
		if again, err := DecodeTally(wire.NewReader([]byte(golden.Encoded(tally)))); err != nil || golden.Encoded(again) != golden.Encoded(tally) {
			t.Errorf("read back: %v", err)
		}
	})
}
