package evaluation

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// RunningReport is how good predictions have been; a part that is not kept is
// left out.
type RunningReport struct {
	Classes        *ClassQuality  `json:"classes,omitempty"`
	ClassesWindow  *ClassQuality  `json:"classes_window,omitempty"`
	ClassesDecayed *ClassQuality  `json:"classes_decayed,omitempty"`
	Numbers        *NumberQuality `json:"numbers,omitempty"`
	NumbersWindow  *NumberQuality `json:"numbers_window,omitempty"`
	NumbersDecayed *NumberQuality `json:"numbers_decayed,omitempty"`
}

// ClassQuality is how good predicted classes are. What is undefined is null.
type ClassQuality struct {
	Rows     float64  `json:"rows"`
	Accuracy *float64 `json:"accuracy"`
	// Kappa is Cohen's: 0 for predictions that do not depend on the class.
	Kappa *float64 `json:"kappa"`
	// LogLoss is the mean of -ln of the probability of the actual class, with
	// probabilities of at least 2^-52; Brier the mean squared distance of the
	// probabilities from the outcome (Brier 1950).
	LogLoss *float64 `json:"log_loss"`
	Brier   *float64 `json:"brier"`
	// AUC is the area under the curve of the second of two classes, or the mean
	// over the classes of each against the rest (of the first 100 classes);
	// AUCWithin is how far binning can have moved it.
	AUC       *float64 `json:"auc"`
	AUCWithin *float64 `json:"auc_within"`
	// Classes are all that occurred, in order; Confusion has a row an actual
	// class and a column a predicted one.
	Classes   []ClassOutcome `json:"classes"`
	Confusion [][]float64    `json:"confusion"`
	// Calibrated is what calibration has changed, in those rows whose probabilities
	// were calibrated. All else is of the probabilities of the model itself.
	Calibrated *CalibratedQuality `json:"calibrated,omitempty"`
}

// ClassOutcome is how good the predictions of one class are.
type ClassOutcome struct {
	Class     string   `json:"class"`
	Rows      float64  `json:"rows"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        *float64 `json:"f1"`
	AUC       *float64 `json:"auc"`
}

// Report returns the quality of all rows, of the window and of the decayed
// rows.
func (r *Running) Report() RunningReport {
	window, decayed := r.part(partWindow), r.part(partDecayed)
	var out RunningReport
	if r.role == model.RoleRegression {
		out.Numbers = r.all.numbers.quality()
		if r.options.Window > 0 {
			out.NumbersWindow = window.numbers.quality()
		}
		if r.options.HalfLife > 0 {
			out.NumbersDecayed = decayed.numbers.quality()
		}
		return out
	}
	out.Classes = r.all.classes.quality()
	if r.options.Window > 0 {
		out.ClassesWindow = window.classes.quality()
	}
	if r.options.HalfLife > 0 {
		out.ClassesDecayed = decayed.classes.quality()
	}
	return out
}

// names returns the classes that occurred, in order.
func (c *classRunning) names() []string {
	names := map[string]bool{}
	for key := range c.confusion {
		names[key.actual], names[key.predicted] = true, true
	}
	for class := range c.curves {
		names[class] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (c *classRunning) quality() *ClassQuality {
	classes := c.names()
	q := &ClassQuality{Rows: c.weight, Classes: make([]ClassOutcome, 0, len(classes)), Confusion: make([][]float64, len(classes))}
	if !(c.weight > 0) {
		return q
	}
	actual, predicted := make([]float64, len(classes)), make([]float64, len(classes))
	for i, a := range classes {
		q.Confusion[i] = make([]float64, len(classes))
		for j, b := range classes {
			w := c.confusion[confusionKey{a, b}]
			q.Confusion[i][j] = w
			actual[i] += w
			predicted[j] += w
		}
	}
	// the share of rows that would agree if actual and predicted class were independent
	// (Cohen, A coefficient of agreement for nominal scales, 1960)
	chance := 0.0
	for i := range classes {
		chance += actual[i] / c.weight * (predicted[i] / c.weight)
	}
	accuracy := c.correct / c.weight
	q.Accuracy, q.Kappa = model.Finite(accuracy), model.Finite((accuracy-chance)/(1-chance))
	q.LogLoss, q.Brier = model.Finite(c.logLoss/c.weight), model.Finite(c.squares/c.weight)
	q.Calibrated = c.calibrated.quality()
	area, within, areas := 0.0, 0.0, 0.0
	for i, class := range classes {
		out := ClassOutcome{Class: class, Rows: actual[i]}
		hit := q.Confusion[i][i]
		out.Precision, out.Recall = model.Finite(hit/predicted[i]), model.Finite(hit/actual[i])
		out.F1 = model.Finite(2 * hit / (predicted[i] + actual[i]))
		if curve := c.curves[class]; curve != nil {
			if auc, error := curve.area(); !math.IsNaN(auc) {
				out.AUC = model.Finite(auc)
				area += auc
				within += error
				areas++
			}
		}
		q.Classes = append(q.Classes, out)
	}
	q.AUC, q.AUCWithin = model.Finite(area/areas), model.Finite(within/areas)
	return q
}

// sortedConfusion returns the keys by actual, then predicted class.
func (c *classRunning) sortedConfusion() []confusionKey {
	return slices.SortedFunc(maps.Keys(c.confusion), func(a, b confusionKey) int {
		return cmp.Or(cmp.Compare(a.actual, b.actual), cmp.Compare(a.predicted, b.predicted))
	})
}
