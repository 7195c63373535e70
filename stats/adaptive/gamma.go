package adaptive

import "math"

// Logarithms and exponentials decide how long a row takes. Those here have the precision that
// mixing needs (1e-12), for the arguments that occur, in a third of the time of package math.

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

// ln returns the natural logarithm of a positive normal number.
func ln(x float64) float64 {
	bits := math.Float64bits(x)
	entry := &lnTable[bits>>(52-lnBits)&(1<<lnBits-1)]
	r := math.Float64frombits(bits&(1<<52-1)|1023<<52)*entry[0] - 1
	exponent := float64(int(bits>>52) - 1023)
	return exponent*math.Ln2 + (entry[1] + r*(1-r*(1./2-r*(1./3-r*(1./4-r*(1./5))))))
}

// exp returns e^x for x <= 0; below -700 it is 0.
func exp(x float64) float64 {
	if !(x > -700) {
		return 0
	}
	parts := x * ((1 << expBits) / math.Ln2)
	whole := int(parts - .5)
	r := (parts - float64(whole)) * (math.Ln2 / (1 << expBits))
	scale := math.Float64frombits(uint64(whole>>expBits+1023) << 52)
	return scale * expTable[whole&(1<<expBits-1)] * (1 + r*(1+r*(1./2+r*(1./6+r*(1./24+r*(1./120))))))
}

// stirling is ln G(x + 4) but for what cancels between sums of equal arguments: Stirling's
// series (Abramowitz and Stegun, 6.1.41).
func stirling(x float64) float64 {
	x += 4
	inverse := 1 / x
	square := inverse * inverse
	return (x-.5)*ln(x) - x + inverse*(1./12-square*(1./360-square*(1./1260-square*(1./1680-square*(1./1188)))))
}

// rising is x (x+1) (x+2) (x+3) = G(x+4) / G(x).
func rising(x float64) float64 { return x * (x + 1) * ((x + 2) * (x + 3)) }

// gammas gathers a sum of ln G(x) - ln G(y).
type gammas struct {
	sum float64
	up  float64 // what ln is to be taken of, and added
}

// add adds ln G(more) - ln G(less) of positive numbers.
func (g *gammas) add(more, less float64) {
	g.sum += stirling(more) - stirling(less)
	g.up *= rising(less) / rising(more)
	if !(g.up > 1e-100 && g.up < 1e100) {
		g.sum += ln(g.up)
		g.up = 1
	}
}

// value returns the sum.
func (g *gammas) value() float64 { return g.sum + ln(g.up) }
