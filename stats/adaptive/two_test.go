package adaptive

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestTwoClasses: what is written out for two classes is what holds for any number of them. Pools of drawn
// rows learn, and then each of their trees lets a row pass in both ways.
func TestTwoClasses(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		rng := rand.New(rand.NewPCG(seed, 5))
		p, layout := drawnPool(t, rng)
		values, codes := make([]float64, 3), make([]int32, 1)
		for range 400 + rng.IntN(800) {
			drawRow(rng, values, codes)
			weight := 1.0
			if seed%2 == 1 {
				weight = math.Exp(rng.NormFloat64() * 3)
			}
			p.TestThenTrain(layout, values, codes, weight, nil, nil)
		}
		drawRow(rng, values, codes)
		for _, f := range p.clones() {
			for k, a := range f.trees {
				b := p.forests[f.at].trees[k]
				l := lesson{pool: p, number: p.ring.next + int64(rng.IntN(50)), row: values, class: int32(rng.IntN(2)), weight: math.Exp(rng.NormFloat64())}
				path := a.route(values, nil)
				var ofA, ofB [2]float64
				g := &p.room.gammas
				g.clear()
				a.passTwo(p.forests[f.at], path, &l, .1, ofA[:])
				a.work(g, path)
				b.passFaded(p.forests[f.at], path, &l, .1, ofB[:])
				b.weigh(g, path, 2)
				what := fmt.Sprintf("seed %d, forest %d, tree %d", seed, f.at, k)
				same(t, what, ofA[:], ofB[:])
				same(t, what, a.counts, b.counts)
				for i := range a.nodes {
					same(t, what, []float64{a.nodes[i].own, a.nodes[i].whole}, []float64{b.nodes[i].own, b.nodes[i].whole})
				}
			}
		}
	}
}

// TestPurityOfTwo: the purity of a cut of rows of two classes that weigh 1 is that of any rows.
func TestPurityOfTwo(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	p := &Pool{classes: []string{"a", "b"}}
	for range 2000 {
		n := 2 + rng.IntN(12)
		p.room.classes, p.room.weights = p.room.classes[:0], p.room.weights[:0]
		rows := make([]float64, n)
		for k := range rows {
			rows[k] = float64(rng.IntN(6))
			p.room.classes, p.room.weights = append(p.room.classes, int32(rng.IntN(2))), append(p.room.weights, 1)
		}
		cut := node{cut: float64(rng.IntN(6)) - .5}
		p.room.plain = true
		a, right, missing, ok := p.purityOf(rows, &cut)
		p.room.plain = false
		b, wantRight, wantMissing, want := p.purityOf(rows, &cut)
		if right != wantRight || missing != wantMissing || ok != want || ok && a != b {
			t.Fatalf("purity %v of %d to the right, %v; want %v, %d, %v", a, right, ok, b, wantRight, want)
		}
	}
}

// copied is a forest whose trees are copies.
type copied struct {
	at    int
	trees []*tree
}

// clones returns copies of the trees that fade.
func (p *Pool) clones() []copied {
	var out []copied
	for at, f := range p.forests {
		out = append(out, copied{at: at, trees: f.clone().trees})
	}
	return out
}

// drawnPool returns a pool of three numbers and two classes.
func drawnPool(t *testing.T, rng *rand.Rand) (*Pool, *stats.Layout) {
	t.Helper()
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b"}}}}
	for j := range 3 {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", j)})
	}
	p, err := New(Spec{Target: "y", Trees: 3, Seed: rng.Uint64()})
	if err != nil {
		t.Fatal(err)
	}
	return p, layout
}

func drawRow(rng *rand.Rand, values []float64, codes []int32) {
	for j := range values {
		if values[j] = rng.NormFloat64(); rng.IntN(20) == 0 {
			values[j] = math.NaN()
		}
	}
	codes[0] = int32(1 + rng.IntN(2))
	if values[0] > values[1] {
		codes[0] = 1
	}
}

// same compares numbers to 1e-11 of the larger ones.
func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-11*max(1, math.Abs(want[i]))) {
			t.Fatalf("%s: %v, want %v", what, got[i], want[i])
		}
	}
}
