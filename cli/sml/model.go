package sml

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// modelsAnswer lists the models of a project, built of what has been learned.
type modelsAnswer struct {
	Project string      `json:"project"`
	Models  []modelLine `json:"models"`
}

type modelLine struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Target string   `json:"target,omitempty"`
	Inputs []string `json:"inputs"` // that it has chosen
	Rows   float64  `json:"built_from"`
	// State is "ready", or what the model waits for, or why it cannot be built.
	State    string   `json:"state"`
	Versions []string `json:"versions,omitempty"`
	Serves   string   `json:"serves,omitempty"`
}

// modelList shows the models of a project.
func modelList(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(0, 0, ""); err != nil {
		return nil, err
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		info, err := p.Info(ctx)
		if err != nil {
			return nil, err
		}
		out := &modelsAnswer{Project: p.Name(), Models: []modelLine{}}
		for _, m := range info.Models {
			report, err := p.Models().Describe(ctx, m.Name)
			if err != nil {
				return nil, err
			}
			out.Models = append(out.Models, modelLine{
				Name: m.Name, Type: m.Type, Target: m.Target, Inputs: report.Inputs, Rows: report.Rows, State: stateOf(report), Versions: m.Versions, Serves: m.Serves,
			})
		}
		return out, nil
	})
}

// stateOf says in a few words whether a model answers.
func stateOf(r *live.ModelReport) string {
	switch {
	case r.Error != "":
		return r.Error
	case r.Waiting != "":
		return "waits: " + r.Waiting
	case r.WarmingUp:
		return fmt.Sprintf("waits: %g rows, and there are %g", r.MinRows, r.Rows)
	}
	return "ready"
}

func (a *modelsAnswer) text(out io.Writer) {
	rows := [][]string{{"MODEL", "TYPE", "TARGET", "ROWS", "STATE", "VERSIONS", "INPUTS"}}
	for _, m := range a.Models {
		versions := strings.Join(m.Versions, ", ")
		if m.Serves != "" {
			versions += " (" + m.Serves + " answers)"
		}
		rows = append(rows, []string{m.Name, m.Type, m.Target, number(m.Rows), clip(m.State, 100), versions, clip(strings.Join(m.Inputs, ", "), 60)})
	}
	table(out, rows)
}

// describeModel shows everything that is known about a model.
func describeModel(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(1, 1, "MODEL"); err != nil {
		return nil, err
	}
	return withLive(ctx, o, func(p *live.Project) (answer, error) {
		report, err := p.Models().Describe(ctx, o.args[1])
		if err != nil {
			return nil, err
		}
		return modelAnswer{report}, nil
	})
}
