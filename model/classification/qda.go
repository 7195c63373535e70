package classification

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func qdaEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "qda",
		Role:    model.RoleClassification,
		Target:  true,
		Summary: "Quadratic discriminant analysis: a normal distribution for each class (The Elements of Statistical Learning, 2009, section 4.3), and with `pooling` the regularised one of Friedman. The project must be partitioned by the target.",
	}, readQDA, buildQDA)
}

type qdaOptions struct {
	jointOptions
	pooling float64
}

// pooling goes from a covariance for each class, 0, to one for all of them, 1.
func readQDA(r *param.Reader) qdaOptions {
	return qdaOptions{
		jointOptions: readJoint(r),
		pooling:      r.Number("pooling", 0, param.Between(0, 1), "The share of the pooled covariance in the covariance of each class: 0 is qda, 1 is lda. It is lambda of Friedman (Regularized discriminant analysis, JASA 84, 1989, equation 16). His gamma is `alpha` of the estimator `identity_mixture`."),
	}
}

// buildQDA inverts the covariance of each class.
// The scores are those of equation 4.12 of The Elements of Statistical Learning. The
// inverse itself is kept, p by p for each class, as contributions need its rows.
func buildQDA(ctx context.Context, d *model.Definition, o qdaOptions, e *model.Evidence) (model.Model, error) {
	if e.Partition == nil || e.Partition.Attribute != d.Target {
		return nil, fmt.Errorf("target %q: %w of each class apart, as the project is not partitioned by it (`partition` of sml_learn)", d.Target, model.ErrNotHeld)
	}
	g, err := newGroups(d, e, o.missing, design.CodingReference)
	if err != nil {
		return nil, err
	}
	if g.each == nil {
		return nil, fmt.Errorf("product %q: %w of each class apart", g.design.FirstProduct(), model.ErrNotHeld)
	}
	priors, err := o.priorsFor(g.target)
	if err != nil {
		return nil, err
	}
	v, err := o.verdictOn(g.target, priors)
	if err != nil {
		return nil, err
	}
	p := g.terms()
	m := &quadraticClassifier{verdict: v, design: g.design, mean: g.total.Means(), center: g.away}
	inverses := make([]*inverted, len(priors))
	for k, prior := range priors {
		s, err := g.classCovariance(ctx, k, o.pooling, &o.jointOptions)
		if err != nil {
			return nil, err
		}
		inverses[k] = s
		m.form = append(m.form, s.matrix()...)
		// of a pseudo-inverse that of the directions that vary
		determinant := s.factor.LogDet()
		m.level = append(m.level, math.Log(prior)-determinant/2)
		m.share = append(m.share, determinantShares(s, determinant)...)
	}
	if o.impute == design.ImputeConditional {
		m.imputer = design.NewImputer(g.total, p)
	}
	m.report = func() any { return g.qdaReport(m, inverses, priors, o.pooling) }
	return m, nil
}

// classCovariance estimates the covariance of class k. With pooling it is
// ((1-pooling) scatter of the class + pooling scatter of all) over the same mix
// of their weights.
// A class with too few rows for its inputs is an error that says what would help.
func (g *groups) classCovariance(ctx context.Context, k int, pooling float64, o *jointOptions) (*inverted, error) {
	p, all := g.terms(), 0.0
	own, pooled := g.each[k].Weight.Float(), 0.0
	for _, w := range g.weight {
		all += w
	}
	pooled = all
	if o.unbiased {
		own--
		pooled -= float64(len(g.weight))
	}
	divisor := (1-pooling)*own + pooling*pooled
	sample := covariance.CovarianceSample{N: (1-pooling)*g.weight[k] + pooling*all, Matrix: make([]float64, p*p)}
	class := fmt.Sprintf("of class %q", g.target.classes[k])
	switch {
	case !(divisor > 0):
		return nil, fmt.Errorf("%w: class %q of target %q has %v rows", stats.ErrTooFew, g.target.classes[k], g.target.name, g.weight[k])
	case pooling == 0 && o.covariance.Estimator == covariance.CovarianceEmpirical && !o.pseudoInverse && g.weight[k] <= float64(p):
		return nil, fmt.Errorf("%w: class %q of target %q has %v rows for %d inputs; set pooling, pseudo_inverse: true, or a covariance estimator that shrinks", stats.ErrTooFew, g.target.classes[k], g.target.name, g.weight[k], p)
	}
	for i := range p {
		for j := range p {
			x := (1-pooling)*g.each[k].At(i, j).Float() + pooling*g.within[i*p+j]
			sample.Matrix[i*p+j] = x / divisor
		}
	}
	c, err := covariance.EstimateCovariance(ctx, o.covariance, sample)
	if err != nil {
		return nil, fmt.Errorf("class %q: %w", g.target.classes[k], err)
	}
	return g.invert(c, o, class)
}

// determinantShares gives each term its part of the log determinant: the
// logarithm of its variance, and an equal part of that of the correlations.
// Of uncorrelated terms the first part is all; the split of the rest is a convention.
func determinantShares(s *inverted, determinant float64) []float64 {
	out, sum := make([]float64, s.Dim), 0.0
	for i := range out {
		if x := s.Matrix[i*s.Dim+i]; x > 0 {
			out[i] = math.Log(x)
			sum += out[i]
		}
	}
	for i := range out {
		out[i] += (determinant - sum) / float64(s.Dim)
	}
	return out
}
