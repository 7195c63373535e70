package regression

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// regression is what every linear model of a number is fitted to: the design
// of the inputs, and the moments of its terms and, last, of the target.
type regression struct {
	regressionOptions
	design *design.Design
	names  []string // of the terms
	target string
	all    *design.Moments
	// projected says that these are the nearest that rows can have.
	projected bool
	folds     []*design.Moments // nil when the project keeps none
	// level returns the prediction at the means of moments fitted to, where
	// that is neither the target's mean nor, without an intercept, what the
	// coefficients give there.
	level func(m *design.Moments, coef []dd.Number) dd.Number
	// warnings are what the report says of the moments.
	warnings []string
}

// fit is the coefficients of the terms; the prediction is
// level + sum of coef (x - mean) with the means of the moments fitted to.
// Terms are centred when they are predicted with, so a missing one adds nothing and
// large means do not cancel digits of the level.
type fit struct {
	coef []float64
	mean []float64
	// level is the prediction at the means.
	level float64
}

// newRegression reads the moments that d asks for.
// A regression with products has no cross-validation: products are read off the
// parts of a partition, and these are not divided into folds.
func newRegression(d *model.Definition, o regressionOptions, e *model.Evidence, c design.Coding) (*regression, error) {
	target, err := design.NumericTarget(d, e.Summary)
	if err != nil {
		return nil, err
	}
	g, err := design.NewDesign(d, e.Summary, c)
	if err != nil {
		return nil, err
	}
	g.Complete = o.missing == design.MissingComplete
	r := &regression{regressionOptions: o, design: g, names: g.Names(), target: d.Target}
	if g.Products() {
		r.all, err = g.MomentsGiven(e.Partition, target)
		if err != nil {
			return nil, err
		}
		return r, r.check()
	}
	if r.all, err = g.Moments(e.Summary, target); err != nil {
		return nil, err
	}
	if err := r.possible(e.Summary, target); err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return r, r.readFolds(e.Folds, target)
}

// warnNoFolds says why there is no cross-validation though the project keeps folds.
const warnNoFolds = "cross_validation is left out: rows lack values, and moments of pairs of attributes in the folds do not add up to those of all rows; the option missing: complete has it"

// readFolds reads the moments of the folds. Where rows lack values those of
// the parts do not make up the whole, and there is no cross-validation.
func (r *regression) readFolds(folds []*stats.Summary, target design.Term) error {
	if len(folds) < 2 {
		return nil
	}
	if r.all.Pairwise {
		r.warnings = append(r.warnings, warnNoFolds)
		return nil
	}
	for _, s := range folds {
		if s == nil {
			continue
		}
		m, err := r.design.Moments(s, target)
		if err != nil {
			return err
		}
		if !m.Weight.IsZero() {
			r.folds = append(r.folds, m)
		}
	}
	return nil
}

// terms returns the number of terms; the target comes after them.
func (r *regression) terms() int { return len(r.names) }

// tooFew is the error about more components than there are terms. More inputs may come
// where some are patterns, and more levels where some are categories.
func (r *regression) tooFew(d *model.Definition, q int) error {
	err := fmt.Errorf("options.q: %d components of %d inputs", q, r.terms())
	if d.Bounded() && r.design.Numeric() {
		return fmt.Errorf("%w: %w", model.ErrDefinition, err)
	}
	return err
}

// check refuses what has nothing to fit.
// Without an intercept a constant target is fine: it is explained about 0.
func (r *regression) check() error {
	if r.all.Weight.IsZero() {
		return model.Later(fmt.Errorf("no row has the target %q and the inputs", r.target))
	}
	y := r.terms()
	if r.intercept && design.Constant(r.all, y) {
		return model.Later(fmt.Errorf("target %q is constant: %v in all %v rows", r.target, r.all.Mean[y].Float(), r.all.Weight.Float()))
	}
	return nil
}

// base returns the moments that the coefficients are solved from: centred
// with an intercept, about 0 without.
// Centring eliminates the intercept (The Elements of Statistical Learning, 2009,
// section 3.4.1), so that no penalty falls on it.
func (r *regression) base(m *design.Moments) *design.Moments {
	if r.intercept {
		return m
	}
	return m.Uncentred()
}

// parameters is the number of coefficients, the intercept among them.
func (r *regression) parameters() int {
	if r.intercept {
		return r.terms() + 1
	}
	return r.terms()
}

// fitted makes the fit of coefficients to the moments that they come from.
func (r *regression) fitted(m *design.Moments, coef []dd.Number) fit {
	p := r.terms()
	f := fit{coef: make([]float64, p), mean: make([]float64, p), level: r.levelOf(m, coef).Float()}
	for i := range p {
		f.coef[i], f.mean[i] = coef[i].Float(), m.Mean[i].Float()
	}
	return f
}

// levelOf returns the prediction at the means.
// With an intercept least squares passes through the means.
func (r *regression) levelOf(m *design.Moments, coef []dd.Number) dd.Number {
	switch {
	case r.level != nil:
		return r.level(m, coef)
	case r.intercept:
		return m.Mean[len(coef)]
	}
	return atMeans(m, coef)
}

// interceptOf returns the prediction at 0.
func (r *regression) interceptOf(m *design.Moments, coef []dd.Number) dd.Number {
	if !r.intercept {
		return dd.Number{}
	}
	return r.levelOf(m, coef).Sub(atMeans(m, coef))
}

// atMeans returns the sum of coefficients times means.
func atMeans(m *design.Moments, coef []dd.Number) dd.Number {
	var sum dd.Number
	for i, b := range coef {
		sum = sum.Add(b.Mul(m.Mean[i]))
	}
	return sum
}

// residualSquares returns the sum of squared residuals that coefficients leave
// of base moments, whose last term is the target: the quadratic form of
// (-coef, 1), in which an error of the coefficients counts squared only.
// The shorter yy - c'b holds for exact coefficients only, and an error of b would
// enter it linearly.
func residualSquares(m *design.Moments, coef []dd.Number) dd.Number {
	if !m.Extended {
		return dd.FromFloat(roundedSquares(m, coef))
	}
	p := len(coef)
	sum := m.At(p, p)
	for i := range p {
		if coef[i].IsZero() {
			continue
		}
		inner := m.At(i, p).MulFloat(-2)
		for j := range p {
			inner = inner.Add(m.At(i, j).Mul(coef[j]))
		}
		sum = sum.Add(inner.Mul(coef[i]))
	}
	return sum
}

// roundedSquares is residualSquares in float64, for moments that are.
func roundedSquares(m *design.Moments, coef []dd.Number) float64 {
	p := len(coef)
	b := make([]float64, p)
	for i := range b {
		b[i] = coef[i].Float()
	}
	sum := m.At(p, p).Hi
	for i, bi := range b {
		if bi == 0 {
			continue
		}
		row := m.Cross[i*m.N : (i+1)*m.N]
		inner := -2 * row[p].Hi
		for j, bj := range b {
			inner += row[j].Hi * bj
		}
		sum += inner * bi
	}
	return sum
}

// extendedOf returns the numbers in double-double.
func extendedOf(x []float64) []dd.Number {
	out := make([]dd.Number, len(x))
	for i, v := range x {
		out[i] = dd.FromFloat(v)
	}
	return out
}
