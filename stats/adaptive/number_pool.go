package adaptive

import "math"

// Members for a number: levels, trees, and linear models, in this order.

// predictNumbers writes what the members predict to out.values.
func (p *Pool) predictNumbers(out *Prediction) {
	out.values = resized(out.values, p.members())
	for j := range p.level {
		out.values[j] = p.level[j].mean
	}
	mean := p.level[0].mean
	at := len(p.level)
	if p.features == nil {
		for j := range out.values[at:] {
			out.values[at+j] = mean
		}
		return
	}
	f := p.features
	out.regressors = f.regress(out.row, out.regressors)
	for _, g := range p.groves {
		v := 0.0
		for _, t := range g.trees {
			v += t.predict(out.row, out.regressors)
		}
		out.values[at] = f.middle + f.spread*v/float64(len(g.trees))
		at++
	}
	p.expand(out)
	for _, l := range p.linears {
		out.values[at] = mean
		if len(l.weights) > 0 {
			out.values[at] = f.middle + f.spread*l.predictNumber(out.columns)
		}
		at++
	}
}

// predictNumber mixes the members by out.shares.
func (p *Pool) predictNumber(out *Prediction, by *losses) {
	out.Mean, out.SD = math.NaN(), math.NaN()
	if p.weight == 0 {
		return
	}
	p.predictNumbers(out)
	out.Mean = 0
	for j, share := range out.shares {
		out.Mean += share * out.values[j]
	}
	if out.SD = 0; by.weight > 0 {
		out.SD = math.Sqrt(by.squares / by.weight)
	}
}

// learnNumber lets all members predict and learn a row.
func (p *Pool) learnNumber(l *lesson, y float64, out *Prediction) {
	copy(out.row, l.row)
	p.predictNumber(out, &p.turn)
	out.squared = 0
	if p.weight > 0 {
		for j, v := range out.values {
			out.losses[j] = math.Abs(y - v)
		}
		out.squared = (y - out.Mean) * (y - out.Mean)
	}
	for j := range p.level {
		p.level[j].learn(j, y, l.weight)
	}
	if p.features != nil {
		p.learnScaled(l, p.features.scaledTarget(y), out)
	}
}

// learnScaled lets trees and linear models learn a number, in spreads from the middle.
func (p *Pool) learnScaled(l *lesson, y float64, out *Prediction) {
	for _, g := range p.groves {
		for _, t := range g.trees {
			t.learn(g, l, y, out.regressors)
		}
	}
	for _, m := range p.linears {
		m.learn(out.columns, 0, y, l.weight)
		if m.isDue() {
			m.fitNumber()
		}
	}
}

// relearnNumbers lets the trees learn the last rows.
func (p *Pool) relearnNumbers(from int64) {
	for _, g := range p.groves {
		for _, t := range g.trees {
			t.reset(&g.forest, p.features.regressors(), from)
		}
	}
	var z []float64
	for row := from; row < p.ring.next; row++ {
		x, slot := p.ring.row(row), p.ring.slot(row)
		z = p.features.regress(x, z)
		l := lesson{pool: p, number: row, row: x, weight: p.ring.weights[slot]}
		for _, g := range p.groves {
			for _, t := range g.trees {
				t.learn(g, &l, p.features.scaledTarget(p.ring.targets[slot]), z)
			}
		}
	}
}
