package classification

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func ldaEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "lda",
		Role:    model.RoleClassification,
		Target:  true,
		Summary: "Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2009, section 4.3) of two or more classes with one covariance, as in R's MASS.",
	}, readLDA, buildLDA)
}

// ldaOptions are those of the discriminant: lambda is the share of the diagonal in the
// covariance, and chosen says how it is found, empty where it is given.
type ldaOptions struct {
	jointOptions
	lambda float64
	chosen string
}

func readLDA(r *param.Reader) ldaOptions {
	o := ldaOptions{jointOptions: readJoint(r)}
	o.lambda, o.chosen = r.NumberOrWord("lambda", 0, param.Between(0, 1), []string{lambdaAuto},
		"The share of its own diagonal in the covariance within classes: 0 leaves it as it is, 1 takes inputs as independent. `auto` chooses it by generalised cross-validation of the regression of the classes on the inputs that the discriminant is (penalized discriminant analysis; Hastie, Buja and Tibshirani, Annals of Statistics 23, 1995), which suits inputs that `features` has expanded. It is for the covariance `empirical`.")
	return o
}

// buildLDA solves for the linear functions x'S^-1 m_k of the classes' means
// m_k and the covariance S within classes.
// Means are measured from that of all rows, which changes every function by the
// same amount and keeps digits. The scores are those of equation 4.10 of The
// Elements of Statistical Learning.
func buildLDA(ctx context.Context, d *model.Definition, o ldaOptions, e *model.Evidence) (model.Model, error) {
	g, err := newGroups(d, e, o.missing, design.CodingReference)
	if err != nil {
		return nil, err
	}
	priors, err := o.priorsFor(g.target)
	if err != nil {
		return nil, err
	}
	v, err := o.verdictOn(g.target, priors)
	if err != nil {
		return nil, err
	}
	sample, err := g.sampleWithin(o.unbiased)
	if err != nil {
		return nil, err
	}
	c, err := covariance.EstimateCovariance(ctx, o.covariance, sample)
	if err != nil {
		return nil, err
	}
	if err := g.penalise(c, &o); err != nil {
		return nil, err
	}
	s, err := g.invert(c, &o.jointOptions, "within the classes")
	if err != nil {
		return nil, err
	}
	p := g.terms()
	m := &linearClassifier{verdict: v, design: g.design, mean: g.total.Means(), center: g.away}
	for k, prior := range priors {
		away := g.away[k*p : (k+1)*p]
		coef := s.times(away)
		m.coef = append(m.coef, coef...)
		m.level = append(m.level, math.Log(prior)-linalg.DotInFour(away, coef)/2)
	}
	if o.impute == design.ImputeConditional {
		m.imputer = design.NewImputer(g.total, p)
	}
	m.pair = newLinearPair(m)
	m.report = func() any {
		r := g.ldaReport(m, s, priors)
		r.Lambda, r.Chosen = o.lambda, o.chosen
		return r
	}
	return m, nil
}
