package evaluation

import (
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
)

// Calibration is what a classifier is calibrated by.
type Calibration struct {
	Method string `json:"method"`
	// Applied says that probabilities are calibrated. Until there are rows enough they are
	// those of the model itself.
	Applied bool `json:"applied"`
	// Waiting says what is missing, empty where nothing is.
	Waiting string `json:"waiting_for,omitempty"`
	// Rows is the weight of the evaluated rows that it is fitted to, Of which part of the
	// evaluation they are, and Needs how many it needs.
	Rows  float64 `json:"rows"`
	Of    string  `json:"of,omitempty"`
	Needs float64 `json:"needs"`
	// Map is what was fitted.
	*calibration.Report
	// Quality is what it has changed in the rows that it was applied to, of all rows.
	Quality *CalibratedQuality `json:"quality,omitempty"`

	fitted *calibration.Map
}

// Map returns what calibrates probabilities, nil while nothing does.
func (c *Calibration) Map() *calibration.Map { return c.fitted }

// Why a classifier is not calibrated yet.
const (
	waitsForEvaluation = "an evaluation: sml_score of the model with `evaluate`, on rows that have the target"
	waitsForRows       = "more evaluated rows"
	waitsForClasses    = "10 evaluated rows of a class and 10 of others"
)

// Calibrate fits a calibration of a method to the newest rows that suffice: those of the
// window, else the decayed ones, else all. A nil evaluation has no rows. Methods that
// calibration.Fit refuses are errors.
func Calibrate(r *Running, method string) (*Calibration, error) {
	out := &Calibration{Method: method, Needs: calibration.Needs(method), Waiting: waitsForEvaluation}
	if r == nil {
		return out, nil
	}
	out.Quality = r.all.classes.calibrated.quality()
	for _, name := range []string{partWindow, partDecayed, PartAll} {
		if name == partWindow && r.options.Window == 0 || name == partDecayed && r.options.HalfLife == 0 {
			continue
		}
		p := r.part(name)
		out.Rows, out.Of = p.classes.weight, name
		if !(out.Rows >= out.Needs) {
			out.Waiting = waitsForRows
			continue
		}
		fitted, err := calibration.Fit(method, p.classes.binned())
		if err != nil {
			return nil, err
		}
		if fitted == nil {
			out.Waiting = waitsForClasses
			continue
		}
		out.fitted, out.Report, out.Applied, out.Waiting = fitted, fitted.Report(), true, ""
		break
	}
	return out, nil
}

// binned returns the curves of the classes by name. The log odds of a row are those in the
// middle of its bin.
func (c *classRunning) binned() []calibration.Curve {
	var out []calibration.Curve
	for _, class := range slices.Sorted(maps.Keys(c.curves)) {
		bins := c.curves[class].bins
		curve := calibration.Curve{Class: class, Bins: make([]calibration.Bin, 0, len(bins))}
		for _, at := range slices.Sorted(maps.Keys(bins)) {
			b := bins[at]
			curve.Bins = append(curve.Bins, calibration.Bin{Odds: (float64(at)+0.5)/oddsPerUnit - oddsReach, Own: b.own, Rest: b.rest})
		}
		out = append(out, curve)
	}
	return out
}
