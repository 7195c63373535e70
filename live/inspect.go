package live

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// PredictValue returns what a model says about one document, an object as
// Bloblang has it, without counting it for anything.
func (p *Project) PredictValue(ctx context.Context, name string, document any) (json.RawMessage, error) {
	return p.ScoreValue(ctx, name, document)
}

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
	// Inputs are the attributes that it has chosen, Classes those of a
	// classifier.
	Inputs  []string `json:"model_inputs"`
	Classes []string `json:"classes,omitempty"`
	// Model is what Describe of the model says.
	Model any `json:"model,omitempty"`
	// Error is why the last build failed.
	Error string `json:"error,omitempty"`
}

// ModelInfo describes a model as built from the current statistics: a
// ModelReport. One that cannot be built yet has an Error; a name that there is
// not gives an error that wraps ErrNoModel.
func (p *Project) ModelInfo(ctx context.Context, name string) (any, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	d, err := p.models.definitionOf(name)
	if err != nil {
		return nil, err
	}
	built, err := p.model(name)
	if err != nil {
		return &ModelReport{Definition: d, Inputs: []string{}, Error: fmt.Sprint(err)}, nil
	}
	return reportOf(d, built), nil
}

// TryModel builds a model of what has been learned by now, without storing its
// definition, and describes it.
func (p *Project) TryModel(ctx context.Context, d model.Definition) (*ModelReport, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshot(0)
	if err != nil {
		return nil, err
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		return nil, err
	}
	if err := counted(d, evidence); err != nil {
		return nil, err
	}
	built, err := buildOn(d, evidence)
	if err != nil {
		return nil, err
	}
	return reportOf(d, built), nil
}

func reportOf(d model.Definition, built *builtModel) *ModelReport {
	out := &ModelReport{Definition: d, Inputs: []string{}}
	out.Rows, out.MinRows, out.WarmingUp = built.rows, built.model.MinRows(), built.warmingUp
	if out.MinRows == math.MaxFloat64 {
		out.MinRows, out.Waiting = 0, "rows to be counted in its frame, which is settled at options.frame_rows rows of a running sml_learn"
	}
	out.Inputs = append(out.Inputs, built.model.Inputs()...)
	if c, ok := built.model.(model.Classifier); ok {
		out.Classes = c.Classes()
	}
	out.Model = built.model.Describe()
	return out
}
