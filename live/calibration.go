package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// calibration returns what a model is calibrated by as of the view, nil for one that does
// not ask for it. It is fitted once for a view.
func (v *scoreView) calibration(d *model.Definition) (*evaluation.Calibration, error) {
	method := d.Calibration()
	if method == calibration.None {
		return nil, nil
	}
	v.calibrating.Lock()
	defer v.calibrating.Unlock()
	if c := v.calibrated[method]; c != nil {
		return c, nil
	}
	of := v.all.evaluation
	if of != nil && of.Role() != model.RoleClassification {
		of = nil // of an earlier model of the name
	}
	c, err := evaluation.Calibrate(of, method)
	if err != nil {
		return nil, err
	}
	if v.calibrated == nil {
		v.calibrated = map[string]*evaluation.Calibration{}
	}
	v.calibrated[method] = c
	return c, nil
}

// calibrate calibrates the result of a row, and notes it beside what was predicted before.
// The contributions are those to the log odds of the model itself: with two classes their
// sign follows the class.
func (w *scoring) calibrate(c *evaluation.Calibration, built *builtModel, seen *outcome) {
	w.result.Calibration = model.NoCalibration
	of, ok := built.model.(model.Classifier)
	if c == nil || !ok {
		return
	}
	w.result.Calibration = model.Uncalibrated
	if !c.Applied {
		return
	}
	w.result.Calibration = model.Calibrated
	p, before := w.result.Probabilities, w.result.Class
	c.Map().Apply(of.Classes(), p)
	w.result.Class = of.Decide(p)
	if w.result.Class != before && len(p) == 2 {
		for i := range w.result.Contributions {
			w.result.Contributions[i] = -w.result.Contributions[i]
		}
	}
	if seen.known {
		w.probabilities = append(w.probabilities, p...)
		seen.after, seen.to = w.result.Class, len(w.probabilities)
	}
}

// calibration tells what the probabilities of a model are calibrated by, over all
// processes that evaluate it; nil for a model that does not ask for it. An unknown model
// is an error that wraps ErrNoModel.
func (s *Scores) calibration(ctx context.Context, name string) (*evaluation.Calibration, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	d, err := s.definitions.either(name)
	if err != nil || d.Calibration() == calibration.None {
		return nil, err
	}
	view, err := l.whole(ctx)
	if err != nil {
		return nil, err
	}
	return view.calibration(&d)
}

// tellCalibration says of models in words what calibrates them.
func (m *Models) tellCalibration(ctx context.Context, models []ModelInfo) error {
	for i := range models {
		c, err := m.calibration(ctx, models[i].Name)
		if errors.Is(err, ErrNoModel) {
			continue // deleted since it was listed
		}
		if err != nil {
			return err
		}
		switch {
		case c == nil:
		case c.Applied:
			models[i].Calibration = fmt.Sprintf("%s of %v evaluated rows", c.Method, c.Rows)
		default:
			models[i].Calibration = fmt.Sprintf("none yet: %s waits for %s (%v of %v rows)", c.Method, c.Waiting, c.Rows, c.Needs)
		}
	}
	return nil
}
