package evaluation

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// Parts of a running evaluation: over all rows, over the last rows, and with rows
// that weigh the less the older they are.
const (
	PartAll     = "all"
	partWindow  = "window"
	partDecayed = "decayed"
)

// Parts returns which parts there may be.
func Parts() []string { return []string{PartAll, partWindow, partDecayed} }

// Detail is what plots of an evaluation are drawn from.
type Detail struct {
	Role model.Role `json:"role"`
	// Part is which rows it is about, Parts which parts are kept.
	Part  string   `json:"part"`
	Parts []string `json:"parts"`
	Rows  float64  `json:"rows"`
	// Classes and Numbers are the quality; the one that fits the role is there.
	Classes *ClassQuality  `json:"classes,omitempty"`
	Numbers *NumberQuality `json:"numbers,omitempty"`
	// Curve is that of the class that was asked for.
	Curve *ClassCurve `json:"curve,omitempty"`
	// Joint is the rows by actual value and prediction, Residuals by prediction and
	// residual, which is the actual value less the prediction.
	Joint     *Grid `json:"joint,omitempty"`
	Residuals *Grid `json:"residuals,omitempty"`
	// History is the quality of all rows by when they were scored, Recent that of
	// the latest in finer steps.
	History []Step `json:"history"`
	Recent  []Step `json:"recent"`
}

// Detail tells a part, all of it when empty. The class is that of the curve: the last
// one that has a curve when empty. A part that is not kept and a class that did not
// occur are errors.
func (r *Running) Detail(part, class string) (*Detail, error) {
	if part == "" {
		part = PartAll
	}
	out := &Detail{Role: r.role, Part: part, Parts: []string{PartAll}, History: steps(r.history.all, allStep<<r.history.level), Recent: steps(r.history.recent, recentStep)}
	if r.options.Window > 0 {
		out.Parts = append(out.Parts, partWindow)
	}
	if r.options.HalfLife > 0 {
		out.Parts = append(out.Parts, partDecayed)
	}
	if !slices.Contains(out.Parts, part) {
		return nil, fmt.Errorf("part is %q, want one of %q", part, out.Parts)
	}
	p := r.part(part)
	if r.role == model.RoleRegression {
		if class != "" {
			return nil, fmt.Errorf("class is %q, and a regression has no classes", class)
		}
		out.Numbers, out.Joint, out.Residuals = p.numbers.quality(), p.numbers.joint.report(), p.numbers.residuals.report()
		out.Rows = p.numbers.weight
		return out, nil
	}
	out.Classes, out.Rows = p.classes.quality(), p.classes.weight
	if class == "" {
		for name := range p.classes.curves {
			class = max(class, name)
		}
		if class == "" {
			return out, nil // nothing has been evaluated yet
		}
	}
	curve, err := p.classes.curveOf(class)
	if err != nil {
		return nil, err
	}
	out.Curve = curve.curve(class)
	return out, nil
}

// part returns the statistics of a part, which are not to be changed.
func (r *Running) part(name string) *runningPart {
	switch name {
	case partWindow:
		var window runningPart
		for i := range r.tiles {
			window.merge(&r.tiles[i].part)
		}
		return &window
	case partDecayed:
		decayed := r.decayed.clone()
		decayed.multiply(1 / r.scale)
		return &decayed
	}
	return &r.all
}
