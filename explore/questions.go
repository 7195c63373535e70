package explore

import (
	"errors"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Questions returns the catalogue, in the order in which it is documented.
func Questions() []Question {
	return slices.Concat(describing(), comparing(), relating(), decomposing(), distributing())
}

func attribute(name, description string) Parameter {
	return Parameter{Name: name, Kind: KindAttribute, Required: true, Description: description}
}

func optional(name string, kind Kind, description string) Parameter {
	return Parameter{Name: name, Kind: kind, Description: description}
}

func between(p Parameter, lo, hi float64) Parameter {
	p.Minimum, p.Maximum = &lo, &hi
	return p
}

func atLeast(p Parameter, lo float64) Parameter {
	p.Minimum = &lo
	return p
}

func oneOf(p Parameter, choices ...string) Parameter {
	p.Choices = choices
	return p
}

func attributesParameter() Parameter {
	return optional("attributes", KindAttributes, "Numeric attributes; all when empty.")
}

func alternativeParameter() Parameter {
	return oneOf(optional("alternative", KindText, "What is held against equality; two-sided when empty."), Alternatives()...)
}

// comparedParameters are those of Compared.
func comparedParameters(more ...Parameter) []Parameter {
	return append([]Parameter{
		attribute("attribute", "A numeric attribute."),
		optional("versus", KindAttribute, "A second numeric attribute, as an independent sample."),
		optional("given", KindAttribute, "Instead: a categorical or binary attribute, two of whose values make the two samples."),
		optional("values", KindTexts, "The two values of given; not needed when it has just two."),
		optional("and_given", KindAttribute, "With given: compare where the binary given is 1 with where this binary is 1."),
	}, more...)
}

func (v *values) compared() Compared {
	return Compared{Attribute: v.text("attribute"), Versus: v.text("versus"), Given: v.text("given"), AndGiven: v.text("and_given"), Values: v.list("values")}
}

func (v *values) alternative() Alternative { return Alternative(v.text("alternative")) }

// alone refuses a second sample beside the named argument.
func (v *values) alone(name string) error {
	if v.text("versus") != "" || v.text("given") != "" || v.text("and_given") != "" {
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
			Parameters: []Parameter{attribute("attribute", "Any attribute.")},
			run:        func(s *stats.Summary, v *values) (any, error) { return Univariate(s, v.text("attribute")) },
		},
		{
			Name: "bivariate", Summary: "What is known about two attributes together: covariance and correlation with intervals, conditional moments, or counts.",
			Parameters: []Parameter{attribute("a", "Any attribute."), attribute("b", "Any attribute.")},
			run:        func(s *stats.Summary, v *values) (any, error) { return Bivariate(s, v.text("a"), v.text("b")) },
		},
		{
			Name: "quantile", Summary: "A quantile of a numeric attribute, as a number.",
			Parameters: []Parameter{attribute("attribute", "A numeric attribute."), between(Parameter{Name: "q", Kind: KindNumber, Required: true, Description: "Which quantile, from 0 to 1."}, 0, 1)},
			run: func(s *stats.Summary, v *values) (any, error) {
				return number(Quantile(s, v.text("attribute"), v.numbers["q"]))
			},
		},
		{
			Name: "cdf", Summary: "The share of the values of a numeric attribute that are at most x, as a number.",
			Parameters: []Parameter{attribute("attribute", "A numeric attribute."), {Name: "x", Kind: KindNumber, Required: true, Description: "The value."}},
			run: func(s *stats.Summary, v *values) (any, error) {
				return number(CDF(s, v.text("attribute"), v.numbers["x"]))
			},
		},
		{
			Name: "heavy_hitters", Summary: "The most frequent values of a categorical attribute or list, with the error of those that are estimated.",
			Parameters: []Parameter{attribute("attribute", "A categorical attribute or list."), between(optional("limit", KindInteger, "How many; 10 when empty."), 1, maxPoints)},
			run: func(s *stats.Summary, v *values) (any, error) {
				return HeavyHitters(s, v.text("attribute"), v.integer("limit"))
			},
		},
	}
}
