package calibration

import "sort"

// rising is a rising function of log odds: straight lines between points, constant beyond.
type rising struct {
	odds, p []float64
}

// block is neighbouring bins that have one probability.
type block struct {
	own, weight float64
	from, to    int // bins
}

// fitIsotonic pools neighbours that fall (the pool-adjacent-violators algorithm; Ayer and
// others, An empirical distribution function for sampling with incomplete information,
// Annals of Mathematical Statistics 26, 1955). Probabilities are kept as far from 0 and 1 as
// one more row of each kind would, as a certainty that fails has an infinite loss.
func fitIsotonic(c *Curve) oneMap {
	var blocks []block
	for i, b := range c.Bins {
		next := block{own: b.Own, weight: b.Own + b.Rest, from: i, to: i}
		if !(next.weight > 0) {
			continue
		}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.own*next.weight < next.own*last.weight {
				break
			}
			next = block{own: last.own + next.own, weight: last.weight + next.weight, from: last.from, to: next.to}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, next)
	}
	own, rest := c.weights()
	least := 1 / (own + rest + 2)
	r := &rising{}
	put := func(bin int, p float64) {
		r.odds = append(r.odds, c.Bins[bin].Odds)
		r.p = append(r.p, min(max(p, least), 1-least))
	}
	for _, b := range blocks {
		put(b.from, b.own/b.weight)
		if b.to > b.from {
			put(b.to, b.own/b.weight)
		}
	}
	return r
}

func (r *rising) at(odds float64) float64 {
	i := sort.SearchFloat64s(r.odds, odds)
	switch {
	case i == 0:
		return r.p[0]
	case i == len(r.odds):
		return r.p[i-1]
	}
	share := (odds - r.odds[i-1]) / (r.odds[i] - r.odds[i-1])
	return r.p[i-1] + share*(r.p[i]-r.p[i-1])
}

func (r *rising) report(out *ClassReport) {
	for i, odds := range r.odds {
		out.Points = append(out.Points, [2]float64{sigmoid(odds), r.p[i]})
	}
}
