package ui

import (
	"context"
	"fmt"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

func quote(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strconv.Quote(s)
}

func serveInfo(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.Info(ctx)
	if err != nil {
		return nil, err
	}
	return answer(info), nil
}

func serveQuestions(ctx context.Context, a *API, r *Request) (*Response, error) {
	if _, err := a.project(ctx, r); err != nil {
		return nil, err
	}
	return answer(explore.Questions()), nil
}

// askQuestion reads the arguments of a question of the catalogue.
func askQuestion(q explore.Question) func(p *param.Reader) handler {
	return func(p *param.Reader) handler {
		args := p.Declare(q.Parameters)
		part := partOf(p)
		return func(ctx context.Context, a *API, r *Request) (*Response, error) {
			project, err := a.project(ctx, r)
			if err != nil {
				return nil, err
			}
			found, err := answerTo(ctx, project, q.Name, part, args)
			if err != nil {
				return nil, err
			}
			return answer(found.Value), nil
		}
	}
}

// partOf reads which part of the statistics is asked.
func partOf(p *param.Reader) string {
	return p.Text("part", param.Optional, "Which of the statistics that are kept side by side: history, window or decay; earlier, older or newer (parts of history and window); key:, shard: or project: and a name; the main ones when empty.")
}

// ask asks one question; the answer is shared and not to be changed.
func ask(ctx context.Context, p *live.Project, name, part string, args param.Values) (any, error) {
	found, err := answerTo(ctx, p, name, part, args)
	if err != nil {
		return nil, err
	}
	return found.Value, nil
}

// answerTo asks one question.
func answerTo(ctx context.Context, p *live.Project, name, part string, args param.Values) (*live.Answer, error) {
	q, err := explore.Lookup(name)
	if err != nil {
		return nil, err
	}
	query, err := live.NewQuery(q, part, args)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	return p.Ask(ctx, query)
}

// attributeSummary is one row of the univariate table.
type attributeSummary struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Univariate any    `json:"univariate,omitempty"`
	Density    any    `json:"density,omitempty"`
	Error      string `json:"error,omitempty"`
}

// Bounds of the univariate table.
const (
	maxSummarized = 500
	summaryBins   = "24"
)

// askSummary reads which part is asked and which it is compared with.
func askSummary(p *param.Reader) handler {
	part := partOf(p)
	like := p.Text("like", param.Optional, "The part whose ranges the histograms have, to compare two.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.serveSummary(ctx, r, part, like)
	}
}

// serveSummary answers for all attributes at once, at most maxSummarized.
func (a *API) serveSummary(ctx context.Context, r *Request, part, like string) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	out := struct {
		Rows       float64            `json:"rows"`
		Attributes []attributeSummary `json:"attributes"`
		Left       int                `json:"left_out"`
	}{Rows: info.Rows, Attributes: []attributeSummary{}}
	if part != "" {
		of, err := p.Summary(ctx, part)
		if err != nil {
			return nil, err
		}
		out.Rows = of.Weight()
	}
	if _, err := p.Summary(ctx, like); err != nil {
		return nil, fmt.Errorf("like: %w", err)
	}
	for i, attribute := range info.Schema {
		if i == maxSummarized {
			out.Left = len(info.Schema) - i
			break
		}
		row := attributeSummary{Name: attribute.Name, Type: attribute.Type}
		if attribute.Type != "ignore" {
			row.Univariate, err = ask(ctx, p, "univariate", part, param.Values{"attribute": attribute.Name})
			if err != nil {
				row.Error = err.Error()
			} else if attribute.Type == "continuous" || attribute.Type == "binary" {
				if row.Density, err = shape(ctx, p, part, like, attribute.Name); err != nil {
					row.Error = err.Error()
				}
			}
		}
		out.Attributes = append(out.Attributes, row)
	}
	return answer(out), nil
}

func serveModels(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	return answer(info.Models), nil
}

func serveModel(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	report, err := p.Models().Describe(ctx, r.part("model"))
	if err != nil {
		return nil, err
	}
	return answer(report), nil
}

// modelType is one row of the catalogue of models.
type modelType struct {
	Type    string            `json:"type"`
	Summary string            `json:"summary"`
	Role    model.Role        `json:"role"`
	Numbers bool              `json:"numbers,omitempty"` // it predicts a number where the target is one
	Target  bool              `json:"target"`
	Options []param.Parameter `json:"options"`
}

func serveTypes(context.Context, *API, *Request) (*Response, error) {
	out := []modelType{}
	for _, e := range catalogue.All() {
		out = append(out, modelType{Type: e.Type, Summary: e.Summary, Role: e.Role, Numbers: e.Numbers, Target: e.Target, Options: e.Options()})
	}
	return answer(out), nil
}
