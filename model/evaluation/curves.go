package evaluation

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// CurvePoint is what a threshold on the probability of a class would give: rows at
// or above it are called of the class. The curve of the receiver operating
// characteristic is recall over false-positive rate, that of precision and recall
// precision over recall, and that of gain recall over share.
type CurvePoint struct {
	Threshold float64 `json:"threshold"`
	// FalsePositiveRate is the share of the rows of other classes that are called
	// of the class, Recall that of its own rows.
	FalsePositiveRate float64 `json:"false_positive_rate"`
	Recall            float64 `json:"recall"`
	// Precision is the share of those that are called of the class that are.
	Precision float64 `json:"precision"`
	// Share is that of all rows that are called of the class.
	Share float64 `json:"share"`
}

// CalibrationBin is the rows whose probability of a class was from Low to High: the
// mean of the probability, and the share of rows that were of the class.
type CalibrationBin struct {
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Rows      float64 `json:"rows"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

// ClassCurve is how a threshold on the probability of a class, and the probability
// itself, have done. The log odds of rows are known to 1/16, so points lie at most
// Within from the curves of the probabilities themselves, in area.
type ClassCurve struct {
	Class string `json:"class"`
	// Rows are those of the class, Others the rest.
	Rows   float64 `json:"rows"`
	Others float64 `json:"others"`
	// AUC is the area under the receiver operating characteristic,
	// AveragePrecision that under precision over recall, as scikit-learn's
	// average_precision_score defines it. Null without rows of both kinds.
	AUC              *float64         `json:"auc"`
	AUCWithin        *float64         `json:"auc_within"`
	AveragePrecision *float64         `json:"average_precision"`
	Points           []CurvePoint     `json:"points"`
	Calibration      []CalibrationBin `json:"calibration"`
}

// calibrationBins is how many bins of probability a calibration has.
const calibrationBins = 10

// curveOf returns the odds of a class; of two classes only one has a curve, which is
// turned over for the other.
func (c *classRunning) curveOf(class string) (*oddsCurve, error) {
	if curve := c.curves[class]; curve != nil {
		return curve, nil
	}
	names := c.names()
	if len(c.curves) == 1 && slices.Contains(names, class) {
		for _, other := range c.curves {
			return other.turned(), nil
		}
	}
	return nil, fmt.Errorf("class is %q, want one of %q", class, names)
}

// turned returns the odds of what is not of the class.
func (o *oddsCurve) turned() *oddsCurve {
	out := &oddsCurve{bins: make(map[int32]oddsBin, len(o.bins))}
	for at, b := range o.bins {
		out.bins[oddsBins-1-at] = oddsBin{own: b.rest, rest: b.own}
	}
	return out
}

// probabilityAt is the probability at a place of the bins of log odds.
func probabilityAt(at float64) float64 { return 1 / (1 + math.Exp(oddsReach-at/oddsPerUnit)) }

// curve tells the odds of a class.
func (o *oddsCurve) curve(class string) *ClassCurve {
	out := &ClassCurve{Class: class, Points: []CurvePoint{}, Calibration: []CalibrationBin{}}
	for _, b := range o.bins {
		out.Rows += b.own
		out.Others += b.rest
	}
	out.calibrate(o)
	if !(out.Rows > 0 && out.Others > 0) {
		return out
	}
	auc, within := o.area()
	out.AUC, out.AUCWithin = model.Finite(auc), model.Finite(within)
	out.Points = append(out.Points, CurvePoint{Threshold: 1, Precision: 1})
	var own, rest, area float64
	order := slices.Sorted(maps.Keys(o.bins))
	slices.Reverse(order)
	for _, at := range order {
		b := o.bins[at]
		own, rest = own+b.own, rest+b.rest
		p := CurvePoint{
			Threshold: probabilityAt(float64(at)), FalsePositiveRate: min(rest/out.Others, 1), Recall: min(own/out.Rows, 1),
			Precision: own / (own + rest), Share: min((own+rest)/(out.Rows+out.Others), 1),
		}
		area += b.own / out.Rows * p.Precision
		out.Points = append(out.Points, p)
	}
	out.AveragePrecision = model.Finite(area)
	return out
}

// calibrate fills in the bins that have rows. The probability of a row is known as
// that in the middle of its bin of log odds.
func (c *ClassCurve) calibrate(o *oddsCurve) {
	var bins [calibrationBins]CalibrationBin
	for _, at := range slices.Sorted(maps.Keys(o.bins)) {
		b, p := o.bins[at], probabilityAt(float64(at)+0.5)
		k := min(int(p*calibrationBins), calibrationBins-1)
		bins[k].Rows += b.own + b.rest
		bins[k].Predicted += p * (b.own + b.rest)
		bins[k].Observed += b.own
	}
	for k, bin := range bins {
		if bin.Rows > 0 {
			bin.Low, bin.High = float64(k)/calibrationBins, float64(k+1)/calibrationBins
			bin.Predicted /= bin.Rows
			bin.Observed /= bin.Rows
			c.Calibration = append(c.Calibration, bin)
		}
	}
}
