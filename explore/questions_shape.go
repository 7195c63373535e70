package explore

import "github.com/rpconnect-sml/rpconnect-sml/stats"

// decomposing are the questions about many attributes at once.
func decomposing() []Question {
	matrix := oneOf(optional("matrix", KindText, "What is decomposed; correlation when empty."), CorrelationOf, CovarianceOf)
	tolerance := between(optional("tolerance", KindNumber, "The singular value, against the largest, that counts as 0; 1e-7 when empty."), 0, 0.999999)
	return []Question{
		{
			Name: "pca", Summary: "Principal components of numeric attributes.",
			Parameters: []Parameter{
				attributesParameter(), matrix,
				atLeast(optional("components", KindInteger, "At most how many; all when empty."), 1),
				between(optional("share", KindNumber, "No more than are needed for this share of the variance; all when empty."), 0, 1),
			},
			run: func(s *stats.Summary, v *values) (any, error) {
				return PCA(s, PCAOptions{Attributes: v.list("attributes"), Matrix: v.text("matrix"), Components: v.integer("components"), Share: v.numbers["share"]})
			},
		},
		{
			Name: "svd", Summary: "Singular values of the table of numeric attributes, each with the attribute that has most to do with it.",
			Parameters: []Parameter{attributesParameter(), matrix, tolerance},
			run: func(s *stats.Summary, v *values) (any, error) {
				return SVD(s, v.list("attributes"), v.text("matrix"), v.numbers["tolerance"])
			},
		},
		{
			Name: "svd_selection", Summary: "The numeric attributes that are not singular: as many as the table has rank.",
			Parameters: []Parameter{attributesParameter(), tolerance, atLeast(optional("keep", KindInteger, "How many to keep; the rank when empty."), 1)},
			run: func(s *stats.Summary, v *values) (any, error) {
				return SVDSelection(s, v.list("attributes"), v.numbers["tolerance"], v.integer("keep"))
			},
		},
	}
}

// distributing are the questions about densities.
func distributing() []Question {
	return []Question{
		{
			Name: "density", Summary: "Histogram and density of a numeric attribute in cells of one width.",
			Parameters: []Parameter{
				attribute("attribute", "A numeric attribute."),
				between(optional("bins", KindInteger, "How many cells; 20 when empty."), 1, maxCells),
				optional("min", KindNumber, "The lower edge; the least value when empty."),
				optional("max", KindNumber, "The upper edge; the greatest value when empty."),
			},
			run: func(s *stats.Summary, v *values) (any, error) {
				return Density(s, v.text("attribute"), DensityOptions{
					Cells: v.integer("bins"), Min: v.numbers["min"], HasMin: v.has("min"), Max: v.numbers["max"], HasMax: v.has("max"),
				})
			},
		},
		{
			Name: "conditional_density", Summary: "The distribution of an attribute for values of another.",
			Parameters: []Parameter{
				attribute("attribute", "Any attribute."), attribute("given", "Any other attribute."),
				between(optional("points", KindInteger, "At how many points; 10 when empty."), 2, maxPoints),
			},
			run: func(s *stats.Summary, v *values) (any, error) {
				return ConditionalDensity(s, v.text("attribute"), v.text("given"), v.integer("points"))
			},
		},
	}
}
