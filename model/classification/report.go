package classification

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
)

// classReport is what is known of one class.
// Rows is a weight, Prior a probability; both add up over the classes.
type classReport struct {
	Class string  `json:"class"`
	Rows  float64 `json:"rows"`
	Prior float64 `json:"prior"`
	// Means are those of the terms.
	Means []float64 `json:"means"`
	// Intercept and Coefficients are of the linear function of a class, whose
	// differences are log odds.
	Intercept    *float64  `json:"intercept,omitempty"`
	Coefficients []float64 `json:"coefficients,omitempty"`
	// Covariance is the class's own, and LogDeterminant of it.
	Covariance     *covarianceReport `json:"covariance,omitempty"`
	LogDeterminant *float64          `json:"log_determinant,omitempty"`
}

// classifierReport is what all classifiers tell.
// Classes are in the order of the probabilities of a prediction.
type classifierReport struct {
	Target string `json:"target"`
	// Rows is the weight of the rows; where they lack values, the smallest
	// weight of a pair of attributes, and Pairwise is true.
	Rows      float64       `json:"rows"`
	Pairwise  bool          `json:"pairwise,omitempty"`
	Threshold *float64      `json:"threshold,omitempty"`
	Terms     []string      `json:"terms"`
	Classes   []classReport `json:"classes"`
	// Warnings are what to know before the coefficients are used.
	Warnings []string `json:"warnings,omitempty"`
}

// covarianceReport tells how a covariance was estimated.
type covarianceReport struct {
	Estimator string `json:"estimator"`
	// Shrinkage is Covariance's; Approximate says that it rests on assumed
	// fourth moments.
	Shrinkage   float64                    `json:"shrinkage,omitempty"`
	Approximate bool                       `json:"approximate,omitempty"`
	Components  int                        `json:"components,omitempty"`
	Path        []covariance.GraphicalStep `json:"path,omitempty"`
	// Condition is the condition number of the matrix scaled to a diagonal
	// near 1, null where it is singular; Rank counts its independent columns.
	Condition *float64 `json:"condition"`
	Rank      int      `json:"rank"`
	// Matrix has a row a term.
	Matrix [][]float64 `json:"matrix"`
}

// describe returns how the covariance was estimated and the matrix itself.
func (v *inverted) describe() *covarianceReport {
	return &covarianceReport{
		Estimator: v.Estimator, Shrinkage: v.Shrinkage, Approximate: v.Approximate, Components: v.Components,
		Path: v.Path, Condition: model.Finite(1 / v.rcond), Rank: v.factor.Rank(), Matrix: rowsOf(v.Matrix, v.Dim),
	}
}

// rowsOf cuts a row-major matrix into rows.
// The rows share the memory of the matrix, which nobody changes.
func rowsOf(m []float64, columns int) [][]float64 {
	var out [][]float64
	for ; len(m) >= columns && columns > 0; m = m[columns:] {
		out = append(out, m[:columns:columns])
	}
	return out
}

// describe tells what is known of the classes.
func (g *groups) describe(v *verdict, priors []float64) classifierReport {
	p := g.terms()
	r := classifierReport{Target: g.target.name, Pairwise: g.total.Pairwise, Terms: g.names, Warnings: g.warnings}
	if v.threshold > 0 {
		r.Threshold = &v.threshold
	}
	mean := g.total.Means()
	for k, class := range g.target.classes {
		c := classReport{Class: class, Rows: g.weight[k], Prior: priors[k], Means: make([]float64, p)}
		for i := range p {
			c.Means[i] = mean[i] + g.away[k*p+i]
		}
		r.Rows += g.weight[k]
		r.Classes = append(r.Classes, c)
	}
	return r
}

// functions adds the linear functions to the description of the classes.
// The intercept is for the terms as they are: the mean that Predict takes off is
// folded in.
func (m *linearClassifier) functions(classes []classReport) {
	p := len(m.mean)
	for k := range classes {
		coef := m.coef[k*p : (k+1)*p]
		classes[k].Coefficients = coef
		classes[k].Intercept = model.Finite(m.level[k] - linalg.DotInFour(m.mean, coef))
	}
}
