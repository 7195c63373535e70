package adaptive

import "github.com/rpconnect-sml/rpconnect-sml/internal/logs"

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
		s.value += logs.Ln(s.up)
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
	logs.Stirling(g.arguments)
	at := 0
	for i := range g.sums {
		s := &g.sums[i]
		for ; at < s.end; at += 2 {
			s.value += g.arguments[at] - g.arguments[at+1]
		}
		s.value += logs.Ln(s.up)
	}
}
