// Package logs has logarithms, exponentials and sums of logarithms of gamma functions for loops that
// consist of little else. They have the precision that mixing probabilities needs (1e-12), for the
// arguments that occur there, in a third of the time of package math.
package logs

import "math"

const (
	lnBits  = 7
	expBits = 6
)

// lnTable has, for the middle c of each part of [1, 2), 1/c and ln c; expTable 2^(i/64).
var (
	lnTable  [1 << lnBits][2]float64
	expTable [1 << expBits]float64
)

func init() {
	for i := range lnTable {
		c := 1 + (float64(i)+.5)/(1<<lnBits)
		lnTable[i] = [2]float64{1 / c, math.Log(c)}
	}
	for i := range expTable {
		expTable[i] = math.Exp2(float64(i) / (1 << expBits))
	}
}

// Ln returns the natural logarithm of a positive normal number.
func Ln(x float64) float64 {
	bits := math.Float64bits(x)
	entry := &lnTable[bits>>(52-lnBits)&(1<<lnBits-1)]
	r := math.Float64frombits(bits&(1<<52-1)|1023<<52)*entry[0] - 1
	exponent := float64(int(bits>>52) - 1023)
	return exponent*math.Ln2 + (entry[1] + r*(1-r*(1./2-r*(1./3-r*(1./4-r*(1./5))))))
}

// Exp returns e^x for x <= 0; below -700 it is 0.
func Exp(x float64) float64 {
	if !(x > -700) {
		return 0
	}
	parts := x * ((1 << expBits) / math.Ln2)
	whole := int(parts - .5)
	r := (parts - float64(whole)) * (math.Ln2 / (1 << expBits))
	scale := math.Float64frombits(uint64(whole>>expBits+1023) << 52)
	return scale * expTable[whole&(1<<expBits-1)] * (1 + r*(1+r*(1./2+r*(1./6+r*(1./24+r*(1./120))))))
}

// Mix returns ln(e^a + e^b) and the share of e^a in the sum.
func Mix(a, b float64) (sum, share float64) {
	switch d := a - b; {
	case d > certain:
		return a, 1
	case d < -certain:
		return b, 0
	case d > 0:
		more := Exp(-d)
		return a + Ln(1+more), 1 / (1 + more)
	default:
		less := Exp(d)
		return b + Ln(1+less), less / (1 + less)
	}
}

// certain is from what difference of logarithms on the lesser of two is nothing beside the other, and a
// sum with it no other number.
const certain = 40

// Stirling replaces each x by ln G(x), but for what cancels between sums of equal arguments: Stirling's
// series (Abramowitz and Stegun, 6.1.41), exact enough from 4 on. The logarithms are those of Ln, written
// out: none of them waits for another.
func Stirling(of []float64) {
	for i, x := range of {
		bits := math.Float64bits(x)
		entry := &lnTable[bits>>(52-lnBits)&(1<<lnBits-1)]
		r := math.Float64frombits(bits&(1<<52-1)|1023<<52)*entry[0] - 1
		exponent := float64(int(bits>>52) - 1023)
		log := exponent*math.Ln2 + (entry[1] + r*(1-r*(1./2-r*(1./3-r*(1./4-r*(1./5))))))
		inverse := 1 / x
		square := inverse * inverse
		of[i] = (x-.5)*log - x + inverse*(1./12-square*(1./360-square*(1./1260-square*(1./1680-square*(1./1188)))))
	}
}
