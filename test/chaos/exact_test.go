//go:build linux

package main

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestPairSums(t *testing.T) {
	for _, c := range []struct {
		name                    string
		rows                    [][2]int64
		meanX, meanY            float64
		squareX, squareY, cross float64
	}{
		// Worked by hand: x is 1, 2, 3 and y is 1, 2, 6, so the means are 2
		// and 3, the deviations -1, 0, 1 and -2, -1, 3.
		{name: "three rows", rows: [][2]int64{{unit, unit}, {2 * unit, 2 * unit}, {3 * unit, 6 * unit}}, meanX: 2, meanY: 3, squareX: 2, squareY: 14, cross: 5},
		{name: "one row", rows: [][2]int64{{-unit, unit / 2}}, meanX: -1, meanY: 0.5},
		// Squares that need more than 64 bits in sum.
		{name: "large", rows: [][2]int64{{1<<60 - unit, -1 << 60}, {1<<60 + unit, -1 << 60}}, meanX: 1 << 50, meanY: -1 << 50, squareX: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p pairSums
			for _, r := range c.rows {
				p.add(r[0], r[1])
			}
			if gotX, gotY := p.means(); gotX != c.meanX || gotY != c.meanY {
				t.Errorf("means are %v and %v, want %v and %v", gotX, gotY, c.meanX, c.meanY)
			}
			if xx, yy, xy := p.comoments(); xx != c.squareX || yy != c.squareY || xy != c.cross {
				t.Errorf("co-moments are %v, %v and %v, want %v, %v and %v", xx, yy, xy, c.squareX, c.squareY, c.cross)
			}
		})
	}
}

func TestWideAgainstBig(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var w wide
	want := new(big.Int)
	for range 1000 {
		a, b := int64(rng.Uint64()), int64(rng.Uint64())>>8
		w.addProduct(a, b)
		want.Add(want, new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))
		if w.big().Cmp(want) != 0 {
			t.Fatalf("got %v, want %v", w.big(), want)
		}
	}
}
