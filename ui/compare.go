package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// maxCompared bounds the models of one comparison.
const maxCompared = 50

// comparedModel is one model beside others that were built from the same
// statistics.
type comparedModel struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`
	Target    string   `json:"target,omitempty"`
	Inputs    []string `json:"inputs"`
	BuiltFrom float64  `json:"built_from"`
	// Quality has every number that stands above a model's description, such as
	// r2, rmse or aicc, and CrossValidation those of the folds.
	Quality         map[string]float64        `json:"quality"`
	CrossValidation any                       `json:"cross_validation,omitempty"`
	Evaluation      *evaluation.RunningReport `json:"evaluation,omitempty"`
	Error           string                    `json:"error,omitempty"`
}

// askCompare reads which models are compared.
func askCompare(p *param.Reader) handler {
	names := p.Texts("models", param.Optional, "Names between commas; all models when empty.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) { return a.serveCompare(ctx, r, names) }
}

// serveCompare puts models side by side: those that are named, else all.
func (a *API) serveCompare(ctx context.Context, r *Request, names []string) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	all := len(names) == 0
	if all {
		for _, m := range info.Models {
			names = append(names, m.Name)
		}
	}
	if len(names) > maxCompared {
		return nil, fmt.Errorf("%w: models has %d names, want at most %d", errBad, len(names), maxCompared)
	}
	out := []comparedModel{}
	for _, name := range names {
		one, err := compared(ctx, p, name)
		if all && errors.Is(err, live.ErrNoModel) {
			continue // deleted since the names were listed
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return answer(out), nil
}

func compared(ctx context.Context, p *live.Project, name string) (comparedModel, error) {
	report, err := p.Models().Describe(ctx, name)
	if err != nil {
		return comparedModel{}, err
	}
	out := comparedModel{Name: name, Type: report.Type, Target: report.Target, Inputs: report.Inputs, BuiltFrom: report.Rows, Quality: map[string]float64{}, Error: report.Error}
	if out.Evaluation, err = p.Scores().Evaluation(ctx, name); err != nil {
		return comparedModel{}, err
	}
	text, err := json.Marshal(report.Model)
	if err != nil {
		return comparedModel{}, err
	}
	var fields map[string]any
	if json.Unmarshal(text, &fields) != nil {
		return out, nil
	}
	for key, field := range fields {
		if number, ok := field.(float64); ok {
			out.Quality[key] = number
		}
	}
	out.CrossValidation = fields["cross_validation"]
	return out, nil
}
