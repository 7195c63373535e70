package explore

import "github.com/rpconnect-sml/rpconnect-sml/stats"

// comparing are the hypothesis tests.
func comparing() []Question {
	mu := optional("mu", KindNumber, "Instead of a second sample: the value to compare with.")
	sigma := atLeast(optional("sigma", KindNumber, "The known standard deviation."), 0)
	return []Question{
		{
			Name: "ttest", Summary: "Student's test of two means (Welch's, and with pooled variance), of pairs, or of one mean.",
			Parameters: comparedParameters(mu, optional("paired", KindBoolean, "Compare attribute and versus in the rows that have both."), alternativeParameter()),
			run:        askTTest,
		},
		{
			Name: "ztest", Summary: "Test of two means or proportions, or of one, by the normal distribution.",
			Parameters: comparedParameters(mu, sigma, optional("proportions", KindBoolean, "Compare the proportions of ones of binary attributes."), alternativeParameter()),
			run:        askZTest,
		},
		{
			Name: "ftest", Summary: "Test of two variances, or of one against a known standard deviation.",
			Parameters: comparedParameters(sigma, alternativeParameter()),
			run: func(s *stats.Summary, v *values) (any, error) {
				if v.has("sigma") {
					if err := v.alone("sigma"); err != nil {
						return nil, err
					}
					return FTestSigma(s, v.text("attribute"), v.numbers["sigma"], v.alternative())
				}
				return FTest(s, v.compared(), v.alternative())
			},
		},
		{
			Name: "anova", Summary: "One-way analysis of variance: the means of an attribute by the values of another, by several binary attributes, or of several attributes.",
			Parameters: []Parameter{
				optional("attribute", KindAttribute, "A numeric attribute."),
				optional("by", KindAttribute, "The categorical or binary attribute whose values are the groups."),
				optional("targets", KindAttributes, "Instead of by: binary attributes; the rows where each is 1 are a group."),
				optional("attributes", KindAttributes, "Instead of all these: numeric attributes, each a group of its own."),
			},
			run: askANOVA,
		},
		{
			Name: "chi2", Summary: "Pearson's test of the independence of two categorical or binary attributes.",
			Parameters: []Parameter{attribute("a", "A categorical or binary attribute."), attribute("b", "A categorical or binary attribute."), optional("yates", KindBoolean, "Correct a 2 x 2 table for continuity.")},
			run: func(s *stats.Summary, v *values) (any, error) {
				return ChiSquare(s, v.text("a"), v.text("b"), v.yes("yates"))
			},
		},
	}
}

func askTTest(s *stats.Summary, v *values) (any, error) {
	switch {
	case v.has("mu"):
		if err := v.alone("mu"); err != nil {
			return nil, err
		}
		return TTestMu(s, v.text("attribute"), v.numbers["mu"], v.alternative())
	case v.yes("paired"):
		return PairedTTest(s, v.text("attribute"), v.text("versus"), v.alternative())
	}
	return TTest(s, v.compared(), v.alternative())
}

func askZTest(s *stats.Summary, v *values) (any, error) {
	switch mu := v.numbers["mu"]; {
	case v.has("mu") && v.yes("proportions"):
		if err := v.alone("mu"); err != nil {
			return nil, err
		}
		return ZTestProportion(s, v.text("attribute"), mu, v.alternative())
	case v.has("mu") || v.has("sigma"):
		if err := v.alone("mu"); err != nil {
			return nil, err
		}
		return ZTestMu(s, v.text("attribute"), mu, v.numbers["sigma"], v.alternative())
	case v.yes("proportions"):
		return ZTestProportions(s, v.compared(), v.alternative())
	}
	return ZTest(s, v.compared(), v.alternative())
}

func askANOVA(s *stats.Summary, v *values) (any, error) {
	switch {
	case len(v.list("attributes")) > 0:
		return ANOVAAttributes(s, v.list("attributes"))
	case len(v.list("targets")) > 0:
		return ANOVATargets(s, v.text("attribute"), v.list("targets"))
	}
	return ANOVA(s, v.text("attribute"), v.text("by"))
}
