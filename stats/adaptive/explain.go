package adaptive

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Explain writes, for each input of Inputs, by how much the splits by it change the probability
// of a class (an index into Classes) on the way of the row, to out, which is as long. Members
// count as they do in Predict. With the returned probability in the roots they add up to that of
// Predict (Saabas, 2014, for one tree; each step counts as much as the prunings that go beyond
// it). Those of a number, of linear members and of the nearest rows are the changes on the way from
// a row that lacks all inputs to the row, one input after another.
func (p *Pool) Explain(layout *stats.Layout, values []float64, codes []int32, of int, out []float64, scratch *Prediction) (base float64) {
	clear(out)
	p.Predict(layout, values, codes, scratch)
	if p.target == number {
		return p.explainNumber(scratch, out)
	}
	if of < 0 || of >= len(p.classes) {
		return 0
	}
	// what members leave to classes that come later is divided again, as in Predict
	sum := 0.0
	for j, share := range scratch.shares {
		for _, v := range scratch.of(j) {
			sum += share * v
		}
	}
	for j, f := range p.forests {
		share := scratch.shares[j] / (sum * float64(len(f.trees)))
		for _, t := range f.trees {
			base += t.explain(f, scratch.row, p.ring.next, of, len(p.classes), share, out)
		}
	}
	base += p.explainLinear(scratch, of, sum, out)
	return base
}

// explainLinear adds what the linear members and the nearest rows say, times share: of the change of
// a probability on the way from the medians of all inputs to the row, one input after another.
func (p *Pool) explainLinear(o *Prediction, of int, sum float64, out []float64) float64 {
	if len(p.linears) == 0 {
		return 0
	}
	row, probabilities := slices.Clone(o.row), make([]float64, len(p.classes))
	defer func() { copy(o.row, row) }()
	for i := range o.row {
		o.row[i] = math.NaN()
	}
	said := func() float64 {
		p.expand(o)
		v := 0.0
		for j, l := range p.linears {
			l.predictClasses(o.columns, probabilities)
			v += o.shares[len(p.forests)+j] / sum * probabilities[of]
		}
		if p.near != nil {
			p.near.predict(o.columns, probabilities)
			v += o.shares[p.members()-1] / sum * probabilities[of]
		}
		return v
	}
	base := said()
	before := base
	for i, v := range row {
		o.row[i] = v
		now := said()
		out[i] += now - before
		before = now
	}
	return base
}

// explain adds, for each input and times share, by how much splits by it change the
// probability of a class, to out, and returns share times that in the root.
func (t *tree) explain(f *forest, row []float64, now int64, class, classes int, share float64, out []float64) float64 {
	at, rest := int32(0), 1.0
	v := t.shareAt(f, 0, now, class, classes)
	base := share * v
	for {
		n := &t.nodes[at]
		rest *= 1 - n.stop
		if n.input == none || rest < leastStep {
			return base
		}
		at = n.next(row)
		next := t.shareAt(f, at, now, class, classes)
		out[n.input] += share * rest * (next - v)
		v = next
	}
}

// shareAt is the probability of a class in a node.
func (t *tree) shareAt(f *forest, at int32, now int64, class, classes int) float64 {
	n := &t.nodes[at]
	by := f.fadeOf(now - n.last)
	counts, prior := t.count(at), t.prior(at)
	sum := n.later
	for k := range classes {
		sum += prior[k] + by*counts[k]
	}
	return (prior[class] + by*counts[class]) / sum
}

// explainNumber adds the changes of a number, one input after another, and returns what is
// predicted of a row that lacks all of them; NaN before a row has been learned.
func (p *Pool) explainNumber(o *Prediction, out []float64) float64 {
	if p.weight == 0 {
		return math.NaN()
	}
	row := slices.Clone(o.row)
	for i := range o.row {
		o.row[i] = math.NaN()
	}
	said := func() float64 {
		p.predictNumbers(o)
		return linalg.Dot(o.shares, o.values)
	}
	base := said()
	before := base
	for i, v := range row {
		o.row[i] = v
		now := said()
		out[i] += now - before
		before = now
	}
	return base
}
