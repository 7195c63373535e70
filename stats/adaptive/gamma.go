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

// stirling replaces each x by ln G(x), but for what cancels between sums of equal arguments: Stirling's
// series (Abramowitz and Stegun, 6.1.41), exact enough from 4 on. The logarithms are those of ln, written
// out: none of them waits for another.
func stirling(of []float64) {
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

// rising is x (x+1) (x+2) (x+3) = G(x+4) / G(x).
func rising(x float64) float64 { return x * (x + 1) * ((x + 2) * (x + 3)) }

// gammas gathers sums of ln G(x) - ln G(y), one after another, and works them out at once.
type gammas struct {
	arguments []float64 // by turns x + 4 and y + 4
	sums      []gammaSum
}

// gammaSum is a sum, whose arguments end before end.
type gammaSum struct {
	value float64
	up    float64 // what ln is to be taken of, and added
	end   int
}

// clear drops all sums.
func (g *gammas) clear() { g.arguments, g.sums = g.arguments[:0], g.sums[:0] }

// begin begins a sum.
func (g *gammas) begin() { g.sums = append(g.sums, gammaSum{up: 1, end: len(g.arguments)}) }

// add adds ln G(more) - ln G(less) of positive numbers to the last sum.
func (g *gammas) add(more, less float64) {
	s := &g.sums[len(g.sums)-1]
	g.arguments = append(g.arguments, more+4, less+4)
	s.end += 2
	s.up *= rising(less) / rising(more)
	if !(s.up > 1e-100 && s.up < 1e100) {
		s.value += ln(s.up)
		s.up = 1
	}
}

// addTwo gathers the evidence of two classes as a sum of its own: of what passed, given what was there,
// and later for classes to come. Products of all that ln is to be taken of stay within 1e-60 to 1e220.
func (g *gammas) addTwo(there, passed [2]float64, later float64) {
	all, more := later+there[0]+there[1], 0.0
	up, down := 1.0, 1.0
	for k, n := range passed {
		if n > 0 {
			more += n
			x := there[k]
			g.arguments = append(g.arguments, x+n+4, x+4)
			up *= rising(x)
			down *= rising(x + n)
		}
	}
	if more > 0 {
		g.arguments = append(g.arguments, all+4, all+more+4)
		up *= rising(all + more)
		down *= rising(all)
	}
	g.sums = append(g.sums, gammaSum{up: up / down, end: len(g.arguments)})
}

// work works out the values of all sums.
func (g *gammas) work() {
	stirling(g.arguments)
	at := 0
	for i := range g.sums {
		s := &g.sums[i]
		for ; at < s.end; at += 2 {
			s.value += g.arguments[at] - g.arguments[at+1]
		}
		s.value += ln(s.up)
	}
}
