package explore

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// matrixOf reads which matrix is decomposed.
func matrixOf(r *param.Reader) string {
	return r.Choice("matrix", matrixCorrelation, []string{matrixCorrelation, matrixCovariance}, "What is decomposed.")
}

// toleranceOf reads which singular values count as 0.
func toleranceOf(r *param.Reader) float64 {
	return r.Number("tolerance", defaultTolerance, param.AtLeast(0).Below(1), "The singular value, against the largest, that counts as 0; 0 means the default.")
}

// decomposing are the questions about many attributes at once.
func decomposing() []Question {
	return []Question{
		{
			Name: "pca", Summary: "Principal components of numeric attributes.",
			ask: func(r *param.Reader) answer {
				o := pcaOptions{Attributes: attributesOf(r), Matrix: matrixOf(r)}
				o.Components, _ = r.IntegerIfGiven("components", param.AtLeast(1), "At most how many; all when empty.")
				o.Share, _ = r.NumberIfGiven("share", param.Between(0, 1), "No more than are needed for this share of the variance; all when empty.")
				return func(ctx context.Context, s *stats.Summary) (any, error) { return pca(ctx, s, o) }
			},
		},
		{
			Name: "svd", Summary: "Singular values of the table of numeric attributes, each with the attribute that has most to do with it.",
			ask: func(r *param.Reader) answer {
				attributes, matrix, tolerance := attributesOf(r), matrixOf(r), toleranceOf(r)
				return func(ctx context.Context, s *stats.Summary) (any, error) {
					return svd(ctx, s, attributes, matrix, tolerance)
				}
			},
		},
		{
			Name: "svd_selection", Summary: "The numeric attributes that are not singular: as many as the table has rank.",
			ask: func(r *param.Reader) answer {
				attributes, tolerance := attributesOf(r), toleranceOf(r)
				keep, _ := r.IntegerIfGiven("keep", param.AtLeast(1), "How many to keep; the rank when empty.")
				return func(ctx context.Context, s *stats.Summary) (any, error) {
					return svdSelection(ctx, s, attributes, tolerance, keep)
				}
			},
		},
	}
}

// distributing are the questions about densities.
func distributing() []Question {
	return []Question{
		{
			Name: "density", Summary: "Histogram and density of a numeric attribute in cells of one width.",
			OneAttribute: true, weighs: true,
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "A numeric attribute.")
				o := densityOptions{Cells: r.Integer("bins", defaultCells, param.Between(1, maxCells), "How many cells.")}
				o.Min, o.HasMin = r.NumberIfGiven("min", param.Any(), "The lower edge; the least value when empty.")
				o.Max, o.HasMax = r.NumberIfGiven("max", param.Any(), "The upper edge; the greatest value when empty.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return density(s, attribute, o) }
			},
		},
		{
			Name: "conditional_density", Summary: "The distribution of an attribute for values of another.",
			ask: func(r *param.Reader) answer {
				attribute := r.Attribute("attribute", param.Required, "Any attribute.")
				given := r.Attribute("given", param.Required, "Any other attribute.")
				points := r.Integer("points", defaultPoints, param.Between(2, maxPoints), "At how many points.")
				return func(_ context.Context, s *stats.Summary) (any, error) {
					return conditionalDensity(s, attribute, given, points)
				}
			},
		},
		{
			Name: "joint_density", Summary: "How two numeric attributes are distributed together, and by the values of a category.",
			ask: func(r *param.Reader) answer {
				a := r.Attribute("a", param.Required, "A numeric attribute.")
				b := r.Attribute("b", param.Required, "Another numeric attribute.")
				by := r.Attribute("by", param.Optional, "A categorical or binary attribute by whose values the rows are told apart; none when empty.")
				cells := r.Integer("bins", defaultJointCells, param.Between(2, maxJointCells), "How many cells along each attribute.")
				return func(_ context.Context, s *stats.Summary) (any, error) { return jointDensity(s, a, b, by, cells) }
			},
		},
	}
}
