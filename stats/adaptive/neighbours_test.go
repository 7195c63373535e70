package adaptive

import (
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestNearestRows: the rows that are found are those of the least distances, of as many as there are.
func TestNearestRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		m := &neighbours{calibration: newCalibration()}
		m.reset(1 + rng.IntN(20))
		rows := rng.IntN(2 * nearest)
		draw := func() []float64 {
			x := []float64{1}
			for range m.width {
				x = append(x, float64(rng.IntN(3)))
			}
			return x
		}
		var all [][]float64
		for i := range rows {
			all = append(all, draw())
			m.learn(int64(i), all[i], 0, 1)
		}
		x := draw()
		distance := func(of []float64) float64 {
			sum := 0.0
			for j, v := range of {
				sum += (v - x[j]) * (v - x[j])
			}
			return sum
		}
		var got, want []float64
		for _, at := range m.search(x) {
			if at != none {
				got = append(got, distance(all[at]))
			}
		}
		for _, row := range all {
			want = append(want, distance(row))
		}
		sort.Float64s(want)
		if want = want[:min(len(want), nearest)]; !slices.Equal(got, want) {
			t.Fatalf("distances of %d rows %v, want %v", rows, got, want)
		}
	}
}

// TestNeighboursAreTheLastRows: what a pool knows of the last rows is what the ring has, also when inputs,
// categories and classes come later.
func TestNeighboursAreTheLastRows(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		p, d := small(t, seed, 90, true)
		for range 4 {
			d.grow()
			p.Learn(d.layout, d.rows(200), nil)
		}
		if p.near == nil || p.features == nil {
			continue
		}
		learned := p.near.clone()
		p.gatherNear()
		if !slices.Equal(learned.columns, p.near.columns) || !slices.Equal(learned.classes, p.near.classes) || !slices.Equal(learned.weights, p.near.weights) {
			t.Errorf("seed %d: neighbours are not the last rows of the ring", seed)
		}
	}
}

// TestMovingHeaps: a hundred heaps of three classes, which move, are told apart after 900 rows;
// without the nearest rows the accuracy is .853.
func TestMovingHeaps(t *testing.T) {
	drawn.Alone(t)
	p, err := New(Spec{Target: "y", Linear: true, Trees: 2})
	if err != nil {
		t.Fatal(err)
	}
	const heaps, inputs, rows, from = 100, 5, 1500, 900
	rng := rand.New(rand.NewPCG(1, 4))
	layout := numbersAnd(inputs, "a", "b", "c")
	var at, speed [heaps][inputs]float64
	for h := range heaps {
		for j := range inputs {
			at[h][j], speed[h][j] = rng.Float64(), (rng.Float64()-.5)*.0004
		}
	}
	var out Prediction
	right := 0
	for i := range rows {
		h := rng.IntN(heaps)
		x := make([]float64, inputs)
		for j := range x {
			x[j] = at[h][j] + speed[h][j]*float64(i) + .03*rng.NormFloat64()
		}
		code := int32(1 + h%3)
		p.TestThenTrain(layout, x, []int32{code}, 1, nil, &out)
		best := 0
		for k, v := range out.Probabilities {
			if v > out.Probabilities[best] {
				best = k
			}
		}
		if i >= from && p.Classes()[best] == layout.Categorical[0].Label(code) {
			right++
		}
	}
	if got := float64(right) / (rows - from); got < .95 {
		t.Errorf("accuracy is %.3f", got)
	}
}
