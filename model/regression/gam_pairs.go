package regression

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// productsFeature is the feature that pairs are chosen of.
const productsFeature = "products"

// pairReport is a pair of inputs with a term of its own.
type pairReport struct {
	Inputs []string `json:"inputs"`
	// Gain is how much of what the curves alone leave unexplained the term explains, when it
	// is the only one: a share of the residual sum of squares.
	Gain float64 `json:"gain"`

	column string
}

// withPairs chooses pairs by what each would explain beside the curves that have been fitted,
// and fits curves and chosen pairs together.
func (f *additive) withPairs(ctx context.Context, d *model.Definition, e *model.Evidence) (*additive, []pairReport, error) {
	if slices.Contains(d.Features, productsFeature) {
		return nil, nil, fmt.Errorf("%w: options.pairs is %d: it chooses among the products, and features has all of them", model.ErrDefinition, f.options.pairs)
	}
	all := *d
	all.Features = append(slices.Clone(d.Features), productsFeature)
	if !all.Computes(productsFeature, e) {
		return nil, nil, model.Later(fmt.Errorf("options.pairs is %d, and the project computes no products of the inputs yet: list pairs under expand.products of sml_learn", f.options.pairs))
	}
	wide, err := newRegression(&all, f.options.regressionOptions, e, design.CodingReference)
	if err != nil {
		return nil, nil, err
	}
	pairs, err := f.screen(wide, e.Expansions)
	if err != nil {
		return nil, nil, err
	}
	pairs = pairs[:min(len(pairs), f.options.pairs)]
	if len(pairs) == 0 {
		return f, nil, nil
	}
	chosen := *d
	if len(chosen.Inputs) == 0 {
		chosen.Inputs = []string{"*"}
	}
	chosen.Inputs = slices.Clone(chosen.Inputs)
	for _, p := range pairs {
		chosen.Inputs = append(chosen.Inputs, p.column)
	}
	r, err := newRegression(&chosen, f.options.regressionOptions, e, design.CodingReference)
	if err != nil {
		return nil, nil, err
	}
	out := newAdditive(r, e.Expansions, f.options)
	return out, pairs, out.choose(ctx)
}

// screen ranks the pairs among the terms of a wider regression. Beside penalised terms, a
// further one without penalty lowers the least penalised sum of squares by the square of its
// product with the residuals over what of it the others leave (block inversion; Seber and Lee,
// Linear Regression Analysis, 2nd ed., 2003, section 3.7): no pair needs a fit of its own.
func (f *additive) screen(wide *regression, expansions []*expansion.Expansion) ([]pairReport, error) {
	base := wide.base(wide.all)
	fit, err := f.fit(f.regression.base(f.regression.all), f.lambdas)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range wide.names {
		at[name] = i
	}
	p, y := len(fit.coef), base.N-1
	place := make([]int, p)
	for i, name := range f.regression.names {
		place[i] = at[name]
	}
	var out []pairReport
	for _, e := range expansions {
		t, ok := at[e.Names()[0]]
		if !ok || e.Feature() != productsFeature || e.Sources[0] == e.Sources[1] { // a square is among the curves
			continue
		}
		residual, own := base.At(t, y).Float(), base.At(t, t).Float()
		left := own
		for i := range p {
			x := base.At(t, place[i]).Float()
			residual -= x * fit.coef[i]
			for j := range p {
				left -= x * fit.inverse[i*p+j] * base.At(t, place[j]).Float()
			}
		}
		const determined = 1e-9 // of its square, by the other terms
		if !(left > determined*own) || !(fit.rss > 0) {
			continue
		}
		out = append(out, pairReport{Inputs: slices.Clone(e.Sources), Gain: min(residual*residual/left/fit.rss, 1), column: e.Names()[0]})
	}
	slices.SortStableFunc(out, func(a, b pairReport) int { return cmp.Or(cmp.Compare(b.Gain, a.Gain), cmp.Compare(a.column, b.column)) })
	return out, nil
}
