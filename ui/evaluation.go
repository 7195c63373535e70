package ui

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// askEvaluation reads which part of an evaluation is told, and the curve of which
// class.
func askEvaluation(p *param.Reader) handler {
	part := p.Choice("rows", evaluation.PartAll, evaluation.Parts(), "Over which rows: all, those of the window, or all with older ones weighing less.")
	class := p.Text("class", param.Optional, "The class whose curves are told; the last one when empty.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		detail, err := p.Scores().EvaluationDetail(ctx, r.part("model"), part, class)
		if err != nil {
			return nil, err
		}
		if detail == nil {
			return answer(map[string]any{"evaluated": false}), nil
		}
		return answer(struct {
			Evaluated bool `json:"evaluated"`
			*evaluation.Detail
		}{true, detail}), nil
	}
}
