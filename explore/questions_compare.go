package explore

import (
	"context"
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// comparing are the hypothesis tests.
func comparing() []Question {
	return []Question{
		{Name: "ttest", Summary: "Student's test of two means (Welch's, and with pooled variance), of pairs, or of one mean.", ask: askTTest},
		{Name: "ztest", Summary: "Test of two means or proportions, or of one, by the normal distribution.", ask: askZTest},
		{Name: "ftest", Summary: "Test of two variances, or of one against a known standard deviation.", ask: askFTest},
		{Name: "anova", Summary: "One-way analysis of variance: the means of an attribute by the values of another, by several binary attributes, or of several attributes.", ask: askANOVA},
		{
			Name: "chi2", Summary: "Pearson's test of the independence of two categorical or binary attributes.",
			ask: func(r *param.Reader) answer {
				a, b := pairOf(r, "A categorical or binary attribute.")
				yates := r.Boolean("yates", false, "Correct a 2 x 2 table for continuity.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return chiSquare(s, a, b, yates) }
			},
		},
	}
}

// muOf reads the value that one sample is compared with.
func muOf(r *param.Reader) (mu float64, given bool) {
	return r.NumberIfGiven("mu", param.Any(), "Instead of a second sample: the value to compare with.")
}

// sigmaOf reads the known standard deviation.
func sigmaOf(r *param.Reader) (sigma float64, given bool) {
	return r.NumberIfGiven("sigma", param.AtLeast(0), "The known standard deviation.")
}

func askTTest(r *param.Reader) answer {
	c := comparedOf(r)
	mu, one := muOf(r)
	paired := r.Boolean("paired", false, "Compare attribute and versus in the rows that have both.")
	alternative := alternativeOf(r)
	return func(_ context.Context, s *stats.Summary) (any, error) {
		switch {
		case one:
			if err := c.alone("mu"); err != nil {
				return nil, err
			}
			if paired {
				return nil, errors.New("mu is for one sample, want no paired")
			}
			return tTestMu(s, c.Attribute, mu, alternative)
		case paired && (c.Given != "" || c.AndGiven != ""):
			return nil, errors.New("paired compares attribute and versus, want no given")
		case paired:
			return pairedTTest(s, c.Attribute, c.Versus, alternative)
		}
		return tTest(s, c, alternative)
	}
}

func askZTest(r *param.Reader) answer {
	c := comparedOf(r)
	mu, one := muOf(r)
	sigma, known := sigmaOf(r)
	proportions := r.Boolean("proportions", false, "Compare the proportions of ones of binary attributes.")
	alternative := alternativeOf(r)
	return func(_ context.Context, s *stats.Summary) (any, error) {
		switch {
		case one && proportions:
			if err := c.alone("mu"); err != nil {
				return nil, err
			}
			return zTestProportion(s, c.Attribute, mu, alternative)
		case one || known:
			if err := c.alone("mu"); err != nil {
				return nil, err
			}
			return zTestMu(s, c.Attribute, mu, sigma, alternative)
		case proportions:
			return zTestProportions(s, c, alternative)
		}
		return zTest(s, c, alternative)
	}
}

func askFTest(r *param.Reader) answer {
	c := comparedOf(r)
	sigma, known := sigmaOf(r)
	alternative := alternativeOf(r)
	return func(_ context.Context, s *stats.Summary) (any, error) {
		if known {
			if err := c.alone("sigma"); err != nil {
				return nil, err
			}
			return fTestSigma(s, c.Attribute, sigma, alternative)
		}
		return fTest(s, c, alternative)
	}
}

func askANOVA(r *param.Reader) answer {
	attribute := r.Attribute("attribute", param.Optional, "A numeric attribute.")
	by := r.Attribute("by", param.Optional, "The categorical or binary attribute whose values are the groups.")
	targets := r.Attributes("targets", param.Optional, "Instead of by: binary attributes; the rows where each is 1 are a group.")
	attributes := r.Attributes("attributes", param.Optional, "Instead of all these: numeric attributes, each a group of its own.")
	return func(_ context.Context, s *stats.Summary) (any, error) {
		// An argument that one of the ways would not look at was meant for another.
		switch {
		case len(attributes) > 0 && (attribute != "" || by != "" || len(targets) > 0):
			return nil, errors.New("attributes makes the groups, want no attribute, by or targets")
		case len(targets) > 0 && by != "":
			return nil, errors.New("targets makes the groups, want no by")
		case len(attributes) > 0:
			return anovaAttributes(s, attributes)
		case len(targets) > 0:
			return anovaTargets(s, attribute, targets)
		}
		return anovaBy(s, attribute, by)
	}
}
