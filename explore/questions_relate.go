package explore

import "github.com/rpconnect-sml/rpconnect-sml/stats"

// relating are the questions about how attributes go together.
func relating() []Question {
	return []Question{
		{
			Name: "correlation", Summary: "Pearson's correlation of two numeric attributes, as a number.",
			Parameters: []Parameter{attribute("a", "A numeric attribute."), attribute("b", "A numeric attribute.")},
			run: func(s *stats.Summary, v *values) (any, error) {
				return number(Correlation(s, v.text("a"), v.text("b")))
			},
		},
		{
			Name: "correlation_matrix", Summary: "The correlations of numeric attributes, with the number of rows in each.",
			Parameters: []Parameter{attributesParameter()},
			run:        func(s *stats.Summary, v *values) (any, error) { return CorrelationMatrix(s, v.list("attributes")) },
		},
		{
			Name: "covariance_matrix", Summary: "The covariances of numeric attributes, with the number of rows in each.",
			Parameters: []Parameter{attributesParameter()},
			run:        func(s *stats.Summary, v *values) (any, error) { return CovarianceMatrix(s, v.list("attributes")) },
		},
		{
			Name: "partial_correlation", Summary: "The correlation of two numeric attributes without the linear influence of others, with its test.",
			Parameters: []Parameter{
				attribute("a", "A numeric attribute."), attribute("b", "A numeric attribute."),
				optional("given", KindAttributes, "The others; all other numeric attributes when empty."),
			},
			run: func(s *stats.Summary, v *values) (any, error) {
				return PartialCorrelationTest(s, v.text("a"), v.text("b"), v.list("given"))
			},
		},
		{
			Name: "partial_correlation_matrix", Summary: "The partial correlation of each pair of numeric attributes given all others, and the precision matrix.",
			Parameters: []Parameter{attributesParameter()},
			run: func(s *stats.Summary, v *values) (any, error) {
				return PartialCorrelationMatrix(s, v.list("attributes"))
			},
		},
		{
			Name: "gain", Summary: "Information gain of an attribute about a target, in bits.",
			Parameters: []Parameter{attribute("attribute", "Any attribute but a list."), attribute("target", "Any attribute but a list.")},
			run: func(s *stats.Summary, v *values) (any, error) {
				return Gain(s, v.text("attribute"), v.text("target"))
			},
		},
		{
			Name: "gains", Summary: "Attributes ranked by their information gain about a target.",
			Parameters: []Parameter{attribute("target", "Any attribute but a list."), optional("attributes", KindAttributes, "The attributes; all others when empty.")},
			run: func(s *stats.Summary, v *values) (any, error) {
				return Gains(s, v.text("target"), v.list("attributes"))
			},
		},
		{
			Name: "vif", Summary: "Variance inflation factors of numeric attributes beside each other.",
			Parameters: []Parameter{attributesParameter()},
			run:        func(s *stats.Summary, v *values) (any, error) { return VIF(s, v.list("attributes")) },
		},
	}
}
