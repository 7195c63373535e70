package classification

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// groups is what is known of the terms of a design by class.
// Weights are numbers of rows; means and scatter are in units of the terms.
type groups struct {
	target *classTarget
	design *design.Design
	names  []string        // of the terms
	total  *design.Moments // of the terms, all classes together
	weight []float64
	// away is how far the means of a class are from those of all rows, class by
	// term.
	away []float64
	// within is the scatter about the means of the classes, term by term.
	within []float64
	// each is the moments of every class; nil unless read off the partition.
	each []*design.Moments
	// noise is the share of its total scatter that is rounding in within.
	noise float64
	// warnings are what the report says of the moments.
	warnings []string
}

// newGroups reads the design of d by class: off the partition when the project
// is partitioned by the target, and else off the joint moments, in which the
// indicators of the classes are columns as any.
// The partition is preferred, as only it holds the covariance of each class apart.
func newGroups(d *model.Definition, e *model.Evidence, missing string, c design.Coding) (*groups, error) {
	t, err := newClassTarget(d, e.Summary)
	if err != nil {
		return nil, err
	}
	g, err := design.NewDesign(d, e.Summary, c)
	if err != nil {
		return nil, err
	}
	g.Complete = missing == design.MissingComplete
	out := &groups{target: t, design: g, names: g.Names()}
	if e.Partition != nil && e.Partition.Attribute == d.Target && !g.Products() {
		err = out.readPartition(e.Partition)
	} else {
		err = out.readJoint(e)
	}
	return out, err
}

// terms returns the number of terms.
func (g *groups) terms() int { return len(g.names) }

// readJoint uses that the cross product of a term and the indicator of class k
// is n_k times the distance of the class's mean from that of all rows, so the
// scatter between classes is the sum of their products over n_k.
// The second class of a binary target has the indicator as its column, and the first
// one minus that: their distances have opposite signs.
func (g *groups) readJoint(e *model.Evidence) error {
	var err error
	var all *design.Moments
	if g.design.Products() {
		all, err = g.design.MomentsGiven(e.Partition, g.target.terms()...)
	} else {
		all, err = g.design.Moments(e.Summary, g.target.terms()...)
	}
	if err != nil {
		return err
	}
	if all.Weight.IsZero() {
		return model.Later(fmt.Errorf("no row has the target %q and the inputs", g.target.name))
	}
	if all, err = g.possible(all, e.Summary); err != nil {
		return err
	}
	p, classes := g.terms(), len(g.target.classes)
	g.total = design.NewMoments(p)
	g.total.Weight, g.total.Extended, g.total.Pairwise = all.Weight, all.Extended, all.Pairwise
	copy(g.total.Mean, all.Mean)
	for i := range p {
		copy(g.total.Cross[i*p:(i+1)*p], all.Cross[i*all.N:])
	}
	weights := make([]dd.Number, classes)
	sums := make([]dd.Number, classes*p) // n_k times the distance of the mean
	for k := range classes {
		switch {
		case !g.target.binary:
			weights[k] = all.Weight.Mul(all.Mean[p+k])
		case k == 1:
			weights[k] = all.Weight.Mul(all.Mean[p])
		default:
			weights[k] = all.Weight.Sub(all.Weight.Mul(all.Mean[p]))
		}
		for i := range p {
			switch {
			case !g.target.binary:
				sums[k*p+i] = all.At(i, p+k)
			case k == 1:
				sums[k*p+i] = all.At(i, p)
			default:
				sums[k*p+i] = all.At(i, p).Neg()
			}
		}
	}
	return g.separate(weights, sums)
}

// readPartition merges the moments of the classes.
// A class of the target without a part is an error: leaving it out would predict
// classes that differ from those of the statistics.
func (g *groups) readPartition(part *model.Partition) error {
	p, classes := g.terms(), len(g.target.classes)
	g.total = design.NewMoments(p)
	g.each = make([]*design.Moments, classes)
	for k, class := range g.target.classes {
		at := slices.Index(part.Values, class)
		if at < 0 {
			return fmt.Errorf("class %q of target %q has no part of its own", class, g.target.name)
		}
		m, err := g.design.Moments(part.Summaries[at])
		if err != nil {
			return fmt.Errorf("class %q: %w", class, err)
		}
		if m.Weight.IsZero() {
			return model.Later(fmt.Errorf("no row of class %q has the inputs", class))
		}
		g.each[k] = m
		g.total.Merge(m)
	}
	g.weight, g.away, g.within = make([]float64, classes), make([]float64, classes*p), make([]float64, p*p)
	g.noise = withinNoise(g.total)
	for k, m := range g.each {
		g.weight[k] = m.Weight.Float()
		for i := range p {
			g.away[k*p+i] = m.Mean[i].Sub(g.total.Mean[i]).Float()
			for j := range p {
				g.within[i*p+j] += m.At(i, j).Float()
			}
		}
	}
	g.clean()
	return nil
}

// separate fills in the means and the scatter within classes.
// The scatter within is the total less that between classes (The Elements of
// Statistical Learning, 2009, section 4.3.3). The subtraction cancels digits where
// classes lie far apart, so it is made in double-double where moments have it.
func (g *groups) separate(weights, sums []dd.Number) error {
	p := g.terms()
	g.weight, g.away, g.within = make([]float64, len(weights)), make([]float64, len(sums)), make([]float64, p*p)
	inverse := make([]dd.Number, len(weights))
	for k, w := range weights {
		if !(w.Hi > leastClass) {
			return model.Later(fmt.Errorf("no row of class %q has the inputs", g.target.classes[k]))
		}
		g.weight[k] = w.Float()
		inverse[k] = dd.FromFloat(1).Div(w)
		for i := range p {
			g.away[k*p+i] = sums[k*p+i].Mul(inverse[k]).Float()
		}
	}
	g.noise = withinNoise(g.total)
	if g.total.Extended {
		for i := range p {
			for j := i; j < p; j++ {
				x := g.total.At(i, j)
				for k := range weights {
					x = x.Sub(sums[k*p+i].Mul(sums[k*p+j]).Mul(inverse[k]))
				}
				f := x.Float()
				g.within[i*p+j], g.within[j*p+i] = f, f
			}
		}
	} else {
		for i := range p {
			row := g.within[i*p : (i+1)*p]
			for j := range row {
				row[j] = g.total.Cross[i*p+j].Hi
			}
			for k, w := range g.weight {
				own := g.away[k*p : (k+1)*p]
				f := w * own[i]
				for j, x := range own {
					row[j] -= f * x
				}
			}
		}
	}
	g.clean()
	return nil
}

// withinNoise is the share of the total scatter below which that within
// classes is rounding.
// It is some orders above the rounding of a sum: 1e-16 in float64, 1e-32 in
// double-double.
func withinNoise(m *design.Moments) float64 {
	if m.Extended {
		return 1e-26
	}
	return 1e-13
}

// clean gives terms that do not vary within the classes a scatter of exactly 0.
// Rounding would otherwise give such a term a tiny variance and decide every row.
// The floor also covers a term whose mean is large beside its variation.
func (g *groups) clean() {
	p := g.terms()
	for i := range p {
		total, mean := g.total.At(i, i).Float(), g.total.Mean[i].Float()
		floor := g.noise * max(total, g.noise*mean*mean*g.total.Weight.Float())
		if g.within[i*p+i] > floor {
			continue
		}
		for j := range p {
			g.within[i*p+j], g.within[j*p+i] = 0, 0
		}
	}
}

// sampleWithin is the covariance within classes.
// Its divisor is n less the number of classes, or n (maximum likelihood).
func (g *groups) sampleWithin(unbiased bool) (covariance.CovarianceSample, error) {
	n, divisor := 0.0, 0.0
	for _, w := range g.weight {
		n += w
	}
	if divisor = n; unbiased {
		divisor -= float64(len(g.weight))
	}
	if !(divisor > 0) {
		return covariance.CovarianceSample{}, fmt.Errorf("%w: %v rows of %d classes", stats.ErrTooFew, n, len(g.weight))
	}
	s := covariance.CovarianceSample{N: n, Matrix: make([]float64, len(g.within))}
	f := 1 / divisor
	for i, x := range g.within {
		s.Matrix[i] = x * f
	}
	return s, nil
}
