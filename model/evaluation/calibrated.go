package evaluation

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// calibrated is the outcomes of the rows whose probabilities were calibrated: by the
// probabilities of the model itself, and by those after. Each row was calibrated by rows
// before it, so what is told is test then train too.
type calibrated struct{ before, after reliability }

// reliability is the sums of rows, and how sure and how right predictions were by how sure
// they were.
type reliability struct {
	classSums
	bins [calibrationBins]reliabilityBin
}

// reliabilityBin is the rows whose predicted class had a probability of a tenth of 0 to 1.
type reliabilityBin struct{ weight, confidence, correct float64 }

// fields are all numbers, in the order of the bytes.
func (b *reliabilityBin) fields() []*float64 { return []*float64{&b.weight, &b.confidence, &b.correct} }

func (r *reliability) add(actual string, classes []string, result *model.Result, w float64) {
	one := outcomeOf(actual, classes, result, w)
	r.classSums.merge(&one)
	p := min(max(result.Probabilities[result.Class], 0), 1)
	if math.IsNaN(p) {
		p = 0
	}
	b := &r.bins[min(int(p*calibrationBins), calibrationBins-1)]
	b.weight += w
	b.confidence += w * p
	b.correct += one.correct
}

func (r *reliability) merge(o *reliability) {
	r.classSums.merge(&o.classSums)
	for i := range r.bins {
		theirs := o.bins[i].fields()
		for k, x := range r.bins[i].fields() {
			*x += *theirs[k]
		}
	}
}

func (r *reliability) multiply(f float64) {
	r.classSums.multiply(f)
	for i := range r.bins {
		for _, x := range r.bins[i].fields() {
			*x *= f
		}
	}
}

func (c *calibrated) multiply(f float64) {
	c.before.multiply(f)
	c.after.multiply(f)
}

func (c *classRunning) addCalibrated(actual string, classes []string, before, after *model.Result, w float64) {
	if c.calibrated == nil {
		c.calibrated = &calibrated{}
	}
	c.calibrated.before.add(actual, classes, before, w)
	c.calibrated.after.add(actual, classes, after, w)
}

func (c *classRunning) mergeCalibrated(o *calibrated) {
	if o == nil {
		return
	}
	if c.calibrated == nil {
		c.calibrated = &calibrated{}
	}
	c.calibrated.before.merge(&o.before)
	c.calibrated.after.merge(&o.after)
}

// encode appends whether there are rows, and their sums before and after.
func (c *calibrated) encode(w *wire.Writer) {
	w.Bool(c != nil)
	if c == nil {
		return
	}
	for _, r := range []*reliability{&c.before, &c.after} {
		r.classSums.encode(w)
		for i := range r.bins {
			for _, x := range r.bins[i].fields() {
				w.Float64(*x)
			}
		}
	}
}

// decodeCalibrated reads what encode wrote.
func decodeCalibrated(in *wire.Reader) *calibrated {
	if !in.Bool() {
		return nil
	}
	c := &calibrated{}
	for _, r := range []*reliability{&c.before, &c.after} {
		r.classSums.decode(in)
		for i := range r.bins {
			for _, x := range r.bins[i].fields() {
				if *x = in.Float64(); in.Err() == nil && !isWeight(*x) {
					in.Fail("calibrated rows of a running evaluation have the sum %v", *x)
				}
			}
		}
	}
	return c
}

// CalibratedQuality compares the probabilities of the model itself with the calibrated
// ones, on the same rows.
type CalibratedQuality struct {
	Rows   float64            `json:"rows"`
	Before ProbabilityQuality `json:"before"`
	After  ProbabilityQuality `json:"after"`
}

// ProbabilityQuality is how good probabilities are. What is undefined is null.
type ProbabilityQuality struct {
	Accuracy *float64 `json:"accuracy"`
	LogLoss  *float64 `json:"log_loss"`
	Brier    *float64 `json:"brier"`
	// ECE is the expected calibration error: the mean distance between the probability of
	// the predicted class and how often it was right, over ten bins of that probability
	// (Naeini, Cooper and Hauskrecht, AAAI 2015).
	ECE *float64 `json:"ece"`
}

// quality tells the rows, nil for none.
func (c *calibrated) quality() *CalibratedQuality {
	if c == nil || !(c.before.weight > 0) {
		return nil
	}
	return &CalibratedQuality{Rows: c.before.weight, Before: c.before.quality(), After: c.after.quality()}
}

func (r *reliability) quality() ProbabilityQuality {
	ece := 0.0
	for _, b := range r.bins {
		ece += math.Abs(b.confidence - b.correct)
	}
	return ProbabilityQuality{
		Accuracy: model.Finite(r.correct / r.weight), LogLoss: model.Finite(r.logLoss / r.weight),
		Brier: model.Finite(r.squares / r.weight), ECE: model.Finite(ece / r.weight),
	}
}
