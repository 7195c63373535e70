package explore

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// relating are the questions about how attributes go together.
func relating() []Question {
	return []Question{
		{
			Name: "correlation", Summary: "Pearson's correlation of two numeric attributes, as a number.",
			ask: func(r *param.Reader) answer {
				a, b := pairOf(r, "A numeric attribute.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return number(pearson(s, a, b)) }
			},
		},
		{
			Name: "correlation_matrix", Summary: "The correlations of numeric attributes, with the number of rows in each.",
			ask: func(r *param.Reader) answer {
				attributes := attributesOf(r)
				return func(ctx context.Context, s *stats.Summary) (any, error) { return correlationMatrix(ctx, s, attributes) }
			},
		},
		{
			Name: "covariance_matrix", Summary: "The covariances of numeric attributes, with the number of rows in each.",
			ask: func(r *param.Reader) answer {
				attributes := attributesOf(r)
				return func(ctx context.Context, s *stats.Summary) (any, error) { return covarianceMatrix(ctx, s, attributes) }
			},
		},
		{
			Name: "partial_correlation", Summary: "The correlation of two numeric attributes without the linear influence of others, with its test.",
			ask: func(r *param.Reader) answer {
				a, b := pairOf(r, "A numeric attribute.")
				given := r.Attributes("given", param.Optional, "The others; all other numeric attributes when empty.")
				return func(ctx context.Context, s *stats.Summary) (any, error) {
					return partialCorrelation(ctx, s, a, b, given)
				}
			},
		},
		{
			Name: "partial_correlation_matrix", Summary: "The partial correlation of each pair of numeric attributes given all others, and the precision matrix.",
			ask: func(r *param.Reader) answer {
				attributes := attributesOf(r)
				return func(ctx context.Context, s *stats.Summary) (any, error) {
					return partialCorrelationMatrix(ctx, s, attributes)
				}
			},
		},
	}
}

// informing are the questions about what attributes tell about another.
func informing() []Question {
	return []Question{
		{
			Name: "gain", Summary: "Information gain of an attribute about a target, in bits.",
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "Any attribute but a list.")
				target := r.Attribute("target", param.Required, "Any attribute but a list.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return gain(s, attribute, target) }
			},
		},
		{
			Name: "gains", Summary: "Attributes ranked by their information gain about a target.",
			ask: func(r *param.Reader) answer {
				target := r.Attribute("target", param.Required, "Any attribute but a list.")
				attributes := r.Attributes("attributes", param.Optional, "The attributes; all others when empty.")
				return func(ctx context.Context, s *stats.Summary) (any, error) { return gains(ctx, s, target, attributes) }
			},
		},
		{
			Name: "vif", Summary: "Variance inflation factors of numeric attributes among each other.",
			ask: func(r *param.Reader) answer {
				attributes := attributesOf(r)
				return func(ctx context.Context, s *stats.Summary) (any, error) { return vif(ctx, s, attributes) }
			},
		},
	}
}
