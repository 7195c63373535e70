package evaluation

import (
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// classRunning is the outcomes of predicted classes, by name, so that models
// that know different classes add up.
type classRunning struct {
	classSums
	confusion map[confusionKey]float64
	// curves are by class: how its log odds are distributed in its rows and in
	// all others.
	curves map[string]*oddsCurve
	// calibrated is of the rows that had calibrated probabilities too, nil for none.
	calibrated *calibrated
}

// classSums is what is summed up over the rows, whatever their classes are.
type classSums struct {
	weight, correct float64
	logLoss         float64 // sum of -w log p(actual)
	squares         float64 // sum of w (p - indicator)^2 over the classes
}

// outcomeOf returns the sums of one row. A class that the model does not know adds 1
// to the Brier sum: its probability is 0 and its indicator 1.
func outcomeOf(actual string, classes []string, result *model.Result, w float64) classSums {
	out := classSums{weight: w}
	if classes[result.Class] == actual {
		out.correct = w
	}
	own, known := 0.0, false
	for k, class := range classes {
		p, indicator := min(max(result.Probabilities[k], 0), 1), 0.0
		if class == actual {
			own, known, indicator = p, true, 1
		}
		out.squares += w * (p - indicator) * (p - indicator)
	}
	if !known {
		out.squares += w
	}
	out.logLoss = -w * math.Log(max(own, leastProbability))
	return out
}

func (c *classSums) merge(o *classSums) {
	c.weight += o.weight
	c.correct += o.correct
	c.logLoss += o.logLoss
	c.squares += o.squares
}

func (c *classSums) multiply(f float64) {
	c.weight *= f
	c.correct *= f
	c.logLoss *= f
	c.squares *= f
}

// confusionKey is a cell of the confusion matrix, by names and not by codes: a
// model that is built anew may number its classes otherwise.
type confusionKey struct{ actual, predicted string }

// oddsBins is the number of bins of log odds, of a width of 1/oddsPerUnit
// from -oddsReach to oddsReach.
const (
	oddsReach   = 32
	oddsPerUnit = 16
	oddsBins    = 2 * oddsReach * oddsPerUnit
)

// oddsCurve has the weight of a class and of the others by bin of the class's
// log odds. Only bins that occur are stored.
type oddsCurve struct {
	bins map[int32]oddsBin
}

// oddsBin is the weight of the rows of the class and of all other rows in one bin.
type oddsBin struct{ own, rest float64 }

// leastProbability bounds the loss of a row, as in scikit-learn's log_loss.
const leastProbability = 0x1p-52

// add costs one look-up for each class.
func (c *classRunning) add(one *classSums, actual string, classes []string, result *model.Result) {
	if c.confusion == nil {
		c.confusion, c.curves = map[confusionKey]float64{}, map[string]*oddsCurve{}
	}
	c.classSums.merge(one)
	c.count(confusionKey{actual, classes[result.Class]}, one.weight)
	for k, class := range classes {
		if k == 0 && len(classes) == 2 {
			continue // its curve is that of the second one turned over
		}
		if curve := c.curve(class); curve != nil {
			curve.add(min(max(result.Probabilities[k], 0), 1), class == actual, one.weight)
		}
	}
}

// Bounds of what rows can make the statistic hold.
const (
	maxConfusions = 10000
	maxCurves     = 100
)

// count adds to a pair of classes. Those beyond the capacity are
// counted together.
func (c *classRunning) count(key confusionKey, w float64) {
	if _, ok := c.confusion[key]; !ok && len(c.confusion) >= maxConfusions {
		key = confusionKey{model.OtherLabel, model.OtherLabel}
	}
	c.confusion[key] += w
}

// curve returns the curve of a class, nil at the capacity of maxCurves.
func (c *classRunning) curve(class string) *oddsCurve {
	at := c.curves[class]
	if at == nil && len(c.curves) < maxCurves {
		at = &oddsCurve{bins: map[int32]oddsBin{}}
		c.curves[class] = at
	}
	return at
}

// add puts a probability into its bin of log odds. Log odds spread the bins where
// classifiers are most certain; bins of probability would tie all of those rows.
func (o *oddsCurve) add(p float64, own bool, w float64) {
	at := int32(0)
	if !math.IsNaN(p) && p > 0 {
		odds := math.Log(p) - math.Log1p(-p)
		at = int32(min(max((odds+oddsReach)*oddsPerUnit, 0), oddsBins-1))
	}
	b := o.bins[at]
	if own {
		b.own += w
	} else {
		b.rest += w
	}
	o.bins[at] = b
}

// area returns the area under the receiver operating characteristic, rows of
// one bin counting as ties, and how far that can be from the area of the
// scores themselves. Both are NaN without rows of the class or of another.
// It is the statistic of Mann and Whitney (1947) over binned scores. Pairs within a
// bin count half, and in truth each counts 0 to 1: within is half of their share.
func (o *oddsCurve) area() (auc, within float64) {
	var own, rest, below, pairs, ties float64
	for _, at := range slices.Sorted(maps.Keys(o.bins)) {
		b := o.bins[at]
		pairs += b.own * (below + b.rest/2)
		ties += b.own * b.rest / 2
		below += b.rest
		own += b.own
		rest += b.rest
	}
	if !(own > 0 && rest > 0) {
		return math.NaN(), math.NaN()
	}
	return pairs / own / rest, ties / own / rest
}

// merge adds cell by cell. Curves beyond maxCurves are dropped in the order of the
// names, so the result does not depend on the order of a map.
func (c *classRunning) merge(o *classRunning) {
	if o.weight == 0 {
		return
	}
	if c.confusion == nil {
		c.confusion, c.curves = map[confusionKey]float64{}, map[string]*oddsCurve{}
	}
	c.classSums.merge(&o.classSums)
	c.mergeCalibrated(o.calibrated)
	for _, key := range o.sortedConfusion() {
		c.count(key, o.confusion[key])
	}
	for _, class := range slices.Sorted(maps.Keys(o.curves)) {
		curve, into := o.curves[class], c.curve(class)
		if into == nil {
			continue
		}
		for at, b := range curve.bins {
			sum := into.bins[at]
			sum.own += b.own
			sum.rest += b.rest
			into.bins[at] = sum
		}
	}
}

// multiply scales every weight. Ratios such as accuracy and area stay the same.
func (c *classRunning) multiply(f float64) {
	c.classSums.multiply(f)
	if c.calibrated != nil {
		c.calibrated.multiply(f)
	}
	for key, w := range c.confusion {
		c.confusion[key] = w * f
	}
	for _, curve := range c.curves {
		for at, b := range curve.bins {
			curve.bins[at] = oddsBin{own: b.own * f, rest: b.rest * f}
		}
	}
}
