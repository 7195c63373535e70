package live

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// evaluator is what an [Observer] may have besides, to be told how good the
// predictions of a model have been: after a batch, name by name.
type evaluator interface {
	Evaluated(project, model, measure string, value float64)
}

// outcome is what a document says about what was predicted of it.
// It is noted while scoring and added later, as the row's result is reused. Where the
// probabilities were calibrated, those after follow those of the model itself.
type outcome struct {
	known      bool
	class      string  // of a classification
	number     float64 // of a regression
	prediction float64
	predicted  int
	after      int // the class that is predicted by calibrated probabilities
	from, to   int // its probabilities among those of the batch
	costs      int // where what it cost the model and its members begins, of those of the batch
}

// targets reads actual values of a model's target off encoded rows.
type targets struct {
	role    model.Role
	classes []string
	numeric int // column, -1 for none
	coded   int
	column  *stats.CategoricalColumn
}

// targetsOf finds the target's column. A target that the schema does not have yet
// has no column, and no row then has an outcome.
func targetsOf(b *builtModel, layout *stats.Layout) *targets {
	t := &targets{role: b.role, numeric: -1, coded: -1}
	if b.definition.Target == "" {
		return t
	}
	t.numeric = layout.NumericIndex(b.definition.Target)
	if t.coded = layout.CategoricalIndex(b.definition.Target); t.coded >= 0 {
		t.column = &layout.Categorical[t.coded]
	}
	if c, ok := b.model.(model.Classifier); ok {
		t.classes = c.Classes()
	}
	return t
}

// number returns the numeric target of a row, NaN when it has none.
func (t *targets) number(row []float64) float64 {
	if t.numeric < 0 || t.numeric >= len(row) {
		return math.NaN()
	}
	return row[t.numeric]
}

// class returns the class of a row, "" when it has none.
// A value beyond the capacity of the dictionary has no name and counts as none.
func (t *targets) class(row []float64, codes []int32) string {
	if t.coded >= 0 && t.coded < len(codes) {
		if code := codes[t.coded]; code > stats.Other {
			return t.column.Label(code)
		}
		return ""
	}
	switch t.number(row) {
	case 0:
		return "0"
	case 1:
		return "1"
	}
	return ""
}

// observe notes what a row turned out to be, beside what was predicted.
func (w *scoring) observe(t *targets, row []float64, codes []int32) outcome {
	switch t.role {
	case model.RoleRegression:
		x := t.number(row)
		return outcome{known: !math.IsNaN(x), number: x, prediction: w.result.Prediction}
	case model.RoleClassification:
		o := outcome{class: t.class(row, codes), predicted: w.result.Class, from: len(w.probabilities)}
		w.probabilities = append(w.probabilities, w.result.Probabilities...)
		o.known, o.to = o.class != "", len(w.probabilities)
		return o
	}
	return outcome{}
}

// evaluate adds the outcomes of the given messages.
// Each row counts once and with weight 1: replays are not among the indices. At is
// when they were scored.
func (s *scoreStats) evaluate(o evaluation.RunningOptions, b *batchScores, indices []int, at time.Time) error {
	if s.evaluation == nil || s.evaluation.Role() != b.targets.role || s.evaluation.Options() != o {
		fresh, err := evaluation.NewRunning(b.targets.role, o)
		if err != nil {
			return err
		}
		s.evaluation = fresh // other settings begin anew
	}
	s.evaluation.At(at)
	var result model.Result
	for _, i := range indices {
		at := &b.outcomes[i]
		if !at.known {
			continue
		}
		var err error
		if b.targets.role == model.RoleRegression {
			err = s.evaluation.AddNumber(at.number, at.prediction, 1)
		} else {
			n, given := len(b.targets.classes), b.probabilities[at.from:at.to]
			result.Class, result.Probabilities = at.predicted, given[:min(n, len(given))]
			if len(given) > n {
				err = s.evaluation.AddCalibrated(at.class, b.targets.classes, &result, &model.Result{Class: at.after, Probabilities: given[n:]}, 1)
			} else {
				err = s.evaluation.AddClass(at.class, b.targets.classes, &result, 1)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellEvaluation hands the main measures to the observer.
// It is called with the bands, so after about each tenth of new scores.
func (s *Scorer) tellEvaluation(view *scoreView) {
	e, ok := s.project.home.observer.(evaluator)
	if !ok || view.all.evaluation == nil {
		return
	}
	report := view.all.evaluation.Report()
	for name, value := range headline(report) {
		e.Evaluated(s.project.home.project, s.settings.Model, name, value)
	}
}

// headline are the measures that fit a number each: of the window where there
// is one, else of the decayed rows, else of all.
// Recent rows come first, as an alarm on quality is about now.
func headline(r evaluation.RunningReport) map[string]float64 {
	out := map[string]float64{}
	put := func(name string, v *float64) {
		if v != nil {
			out[name] = *v
		}
	}
	classes, numbers := r.Classes, r.Numbers
	switch {
	case r.ClassesWindow != nil:
		classes = r.ClassesWindow
	case r.ClassesDecayed != nil:
		classes = r.ClassesDecayed
	}
	switch {
	case r.NumbersWindow != nil:
		numbers = r.NumbersWindow
	case r.NumbersDecayed != nil:
		numbers = r.NumbersDecayed
	}
	if classes != nil {
		out["rows"] = classes.Rows
		put("accuracy", classes.Accuracy)
		put("log_loss", classes.LogLoss)
		put("auc", classes.AUC)
	}
	if numbers != nil {
		out["rows"] = numbers.Rows
		put("rmse", numbers.RMSE)
		put("mae", numbers.MAE)
		put("r2", numbers.R2)
	}
	return out
}

// evaluationJSON is the headline as it is added to documents.
func evaluationJSON(e *evaluation.Running) ([]byte, error) {
	if e == nil {
		return nil, nil
	}
	out, err := json.Marshal(headline(e.Report()))
	if err != nil {
		return nil, fmt.Errorf("evaluation: %w", err)
	}
	return out, nil
}
