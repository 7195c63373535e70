package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// bayesReport is what Describe returns of naive_bayes.
// Rows is a weight; Threshold is left out where the more probable class is taken.
type bayesReport struct {
	Target    string             `json:"target"`
	Rows      float64            `json:"rows"`
	Threshold *float64           `json:"threshold,omitempty"`
	Classes   []bayesClassReport `json:"classes"`
	Inputs    []bayesInputReport `json:"inputs"`
}

// bayesClassReport is one class.
// Rows is the weight of the class, Prior its probability before a row is seen.
type bayesClassReport struct {
	Class string  `json:"class"`
	Rows  float64 `json:"rows"`
	Prior float64 `json:"prior"`
}

// bayesInputReport is an input's distribution: Means and Variances by class of
// a continuous one, Values with their weights by class of another.
type bayesInputReport struct {
	Name      string             `json:"name"`
	Means     []float64          `json:"means,omitempty"`
	Variances []float64          `json:"variances,omitempty"`
	Values    []bayesValueReport `json:"values,omitempty"`
}

// bayesValueReport is one value of a binary or categorical input.
type bayesValueReport struct {
	Value string `json:"value"`
	// Rows is the weight by class, Probability the smoothed share of it.
	Rows        []float64  `json:"rows"`
	Probability []*float64 `json:"probability"`
}

// describe lists the inputs in the order of Inputs; values name the codes of tables.
func (m *naiveBayes) describe(t *classTarget, priors []float64, values [][]string) bayesReport {
	r := bayesReport{Target: t.name, Rows: t.total()}
	if m.threshold > 0 {
		r.Threshold = &m.threshold
	}
	for k, class := range t.classes {
		r.Classes = append(r.Classes, bayesClassReport{Class: class, Rows: t.weight[k], Prior: priors[k]})
	}
	classes := len(t.classes)
	for i, name := range m.inputs {
		in := bayesInputReport{Name: name}
		if i < len(m.normal) {
			in.Means, in.Variances = m.normal[i].mean, m.normal[i].variance
			r.Inputs = append(r.Inputs, in)
			continue
		}
		table := &m.tables[i-len(m.normal)]
		for code, known := range table.known {
			if !known {
				continue
			}
			v := bayesValueReport{Value: table.label(code, values[i-len(m.normal)]), Rows: table.weights[code*classes : (code+1)*classes]}
			for _, x := range table.logs[code*classes : (code+1)*classes] {
				v.Probability = append(v.Probability, model.Finite(math.Exp(x)))
			}
			in.Values = append(in.Values, v)
		}
		r.Inputs = append(r.Inputs, in)
	}
	return r
}

// label names a code of a table.
func (t *bayesTable) label(code int, values []string) string {
	switch {
	case t.binary && code == 0:
		return "0"
	case t.binary:
		return "1"
	case code == 0 || code > len(values):
		return model.OtherLabel
	}
	return values[code-1]
}
