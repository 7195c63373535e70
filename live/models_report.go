package live

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// ModelReport is everything that is known about a model.
type ModelReport struct {
	model.Definition
	// Rows is the weight of the rows that it was built from, MinRows how many
	// it needs; it is WarmingUp below that.
	Rows      float64 `json:"built_from"`
	MinRows   float64 `json:"min_rows"`
	WarmingUp bool    `json:"warming_up"`
	// Waiting says what it waits for, where that is not MinRows.
	Waiting string `json:"waiting_for,omitempty"`
	// Unbuilt says that it could not be built, and not only that it has too few rows.
	// Unseen is the name of the attribute that no row has, where that is why.
	Unbuilt bool   `json:"-"`
	Unseen  string `json:"-"`
	// Inputs are the attributes that it has chosen, Classes those of a
	// classifier.
	Inputs  []string `json:"model_inputs"`
	Classes []string `json:"classes,omitempty"`
	// Model is what Describe of the model says.
	Model any `json:"model,omitempty"`
	// Calibration is what the probabilities of a classifier are calibrated by, nil for one
	// that does not ask for it.
	Calibration *evaluation.Calibration `json:"calibration,omitempty"`
	// Course is what the members of a model that has some have weighed and cost over time,
	// where rows were scored with it; nil as long as there is none.
	Course *evaluation.MembersReport `json:"course,omitempty"`
	// Error is why the last build failed.
	Error string `json:"error,omitempty"`
}

// Describe describes a model, or a frozen version, as built from the current
// statistics. One that cannot be built yet has an Error; a name that there is not
// gives an error that wraps ErrNoModel.
func (m *Models) Describe(ctx context.Context, name string) (*ModelReport, error) {
	if err := m.home.start(ctx); err != nil {
		return nil, err
	}
	d, err := m.definitions.either(name)
	if err != nil {
		return nil, err
	}
	built, err := m.builds.answering(ctx, name)
	if ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		return &ModelReport{Definition: d, Inputs: []string{}, Error: err.Error()}, nil
	}
	ReadAsOf(ctx, built.asOf)
	if built, err = m.weigh(built); err != nil {
		return nil, err
	}
	out := reportOf(d, built)
	if out.Calibration, err = m.calibration(ctx, name); err != nil {
		return nil, err
	}
	out.Course, err = m.course(ctx, name)
	return out, err
}

// Try builds a model of what has been learned by now, without storing its
// definition, and describes it.
// It builds in the caller's goroutine and keeps nothing. A type that counts in a
// binning cannot be tried, as its binning would be new.
func (m *Models) Try(ctx context.Context, d model.Definition) (*ModelReport, error) {
	if err := m.home.start(ctx); err != nil {
		return nil, err
	}
	s, err := m.snapshots.get(0)
	if err != nil {
		return nil, err
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		return nil, err
	}
	if err := counted(m.home.types, d, evidence); err != nil {
		return nil, err
	}
	built, err := buildOn(ctx, m.home, d, evidence)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, s.taken)
	return reportOf(d, built), nil
}

// reportOf describes a build.
func reportOf(d model.Definition, built *builtModel) *ModelReport {
	out := &ModelReport{Definition: d, Inputs: []string{}}
	out.Rows, out.WarmingUp = built.rows, built.warmingUp
	out.MinRows, out.Waiting = built.waitsFor()
	out.Unbuilt, out.Unseen = built.waiting != "", built.unseen
	out.Inputs = append(out.Inputs, built.model.Inputs()...)
	if c, ok := built.model.(model.Classifier); ok {
		out.Classes = c.Classes()
	}
	out.Model = described(built)
	return out
}
