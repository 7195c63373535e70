package explore

import (
	"context"
	"errors"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// rows are the rows of the catalogue, their parameters not listed yet.
func rows() []Question {
	return slices.Concat(describing(), comparing(), relating(), informing(), decomposing(), distributing(), comparingStates())
}

// attributesOf reads which numeric attributes a question is about.
func attributesOf(r *param.Reader) []string {
	return r.Attributes("attributes", param.Optional, "Numeric attributes; all when empty.")
}

// pairOf reads two attributes.
func pairOf(r *param.Reader, description string) (a, b string) {
	return r.Attribute("a", param.Required, description), r.Attribute("b", param.Required, description)
}

// alternativeOf reads the alternative of a test.
func alternativeOf(r *param.Reader) hypothesis {
	return hypothesis(r.Choice("alternative", string(twoSided), alternatives(), "What is held against equality."))
}

// comparedOf reads what a test compares.
func comparedOf(r *param.Reader) compared {
	return compared{
		Attribute: r.Attribute("attribute", param.Required, "A numeric attribute."),
		Versus:    r.Attribute("versus", param.Optional, "A second numeric attribute, as an independent sample."),
		Given:     r.Attribute("given", param.Optional, "Instead: a categorical or binary attribute, two of whose values make the two samples."),
		Values:    r.Texts("values", param.Optional, "The two values of given; not needed when it has just two."),
		AndGiven:  r.Attribute("and_given", param.Optional, "With given: compare where the binary given is 1 with where this binary is 1."),
	}
}

// alone refuses a second sample beside the named argument.
func (c compared) alone(name string) error {
	if c.Versus != "" || c.Given != "" || c.AndGiven != "" {
		return errors.New(name + " is for one sample, want no versus and no given")
	}
	return nil
}

// number turns a read-out that is one number into an answer.
func number(x float64, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return Number(x), nil
}

// describing are the questions about one or two attributes.
func describing() []Question {
	return []Question{
		{
			Name: "univariate", Summary: "Everything that is known about one attribute.",
			OneAttribute: true, weighs: true,
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "Any attribute.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return univariate(s, attribute) }
			},
		},
		{
			Name: "bivariate", Summary: "What is known about two attributes together: covariance and correlation with intervals, conditional moments, or counts.",
			weighs: true,
			ask: func(r *param.Reader) answer {
				a, b := pairOf(r, "Any attribute.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return bivariate(s, a, b) }
			},
		},
		{
			Name: "quantile", Summary: "A quantile of a numeric attribute, as a number.",
			OneAttribute: true, weighs: true,
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "A numeric attribute.")
				q := r.RequiredNumber("q", param.Between(0, 1), "Which quantile.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return number(quantile(s, attribute, q)) }
			},
		},
		{
			Name: "cdf", Summary: "The share of the values of a numeric attribute that are at most x, as a number.",
			OneAttribute: true, weighs: true,
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "A numeric attribute.")
				x := r.RequiredNumber("x", param.Any(), "The value.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return number(cdf(s, attribute, x)) }
			},
		},
		{
			Name: "heavy_hitters", Summary: "The most frequent values of a categorical attribute or list, with the error of those that are estimated.",
			weighs: true,
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "A categorical attribute or list.")
				limit := r.Integer("limit", topValues, param.Between(1, maxPoints), "How many.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return heavyHitters(s, attribute, limit) }
			},
		},
	}
}
