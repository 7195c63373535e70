//go:build linux

package main

import (
	"math/big"
	"math/bits"
)

// wide is a sum of products of 64-bit integers: a 128-bit two's complement.
type wide struct {
	hi int64
	lo uint64
}

// addProduct adds a*b.
func (w *wide) addProduct(a, b int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	high := int64(hi)
	if a < 0 {
		high -= b
	}
	if b < 0 {
		high -= a
	}
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, lo, 0)
	w.hi += high + int64(carry)
}

// big returns the sum.
func (w *wide) big() *big.Int {
	v := new(big.Int).Lsh(big.NewInt(w.hi), 64)
	return v.Add(v, new(big.Int).SetUint64(w.lo))
}

// pairSums are exact sums over the rows that have both of two attributes, in
// units of 1/unit and its square.
type pairSums struct {
	n          int64
	x, y       int64
	xx, yy, xy wide
}

func (p *pairSums) add(x, y int64) {
	p.n++
	p.x += x
	p.y += y
	p.xx.addProduct(x, x)
	p.yy.addProduct(y, y)
	p.xy.addProduct(x, y)
}

// means returns the means of both attributes, each correctly rounded.
func (p *pairSums) means() (x, y float64) {
	return ratio(big.NewInt(p.x), p.n*unit), ratio(big.NewInt(p.y), p.n*unit)
}

// comoments returns the centred sums of squares and of products, each
// correctly rounded: sum(xy) - sum(x) sum(y) / n.
func (p *pairSums) comoments() (xx, yy, xy float64) {
	return p.centred(&p.xx, p.x, p.x), p.centred(&p.yy, p.y, p.y), p.centred(&p.xy, p.x, p.y)
}

func (p *pairSums) centred(products *wide, x, y int64) float64 {
	v := products.big()
	v.Mul(v, big.NewInt(p.n))
	v.Sub(v, new(big.Int).Mul(big.NewInt(x), big.NewInt(y)))
	return ratio(v, p.n*unit*unit)
}

// ratio returns a/b, correctly rounded; b is positive.
func ratio(a *big.Int, b int64) float64 {
	f, _ := new(big.Rat).SetFrac(a, big.NewInt(b)).Float64()
	return f
}
