package ui

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// shownScore is a score with the true label of its row, where there is one.
type shownScore struct {
	At     time.Time       `json:"at"`
	Score  float64         `json:"score"`
	Result json.RawMessage `json:"result"`
	Label  json.RawMessage `json:"label,omitempty"`
	// Document is given with the highest scores only.
	Document json.RawMessage `json:"document,omitempty"`
}

func labelled(scores []live.RecentScore, label string, documents bool) []shownScore {
	out := make([]shownScore, len(scores))
	for i, s := range scores {
		out[i] = shownScore{At: s.At, Score: s.Score, Result: s.Result}
		if documents {
			out[i].Document = s.Document
		}
		if label == "" || s.Document == nil {
			continue
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal(s.Document, &fields) == nil {
			out[i].Label = fields[label]
		}
	}
	return out
}

// labelOf reads which field of a row is its true label.
func labelOf(p *param.Reader) string {
	return p.Text("label", param.Optional, "The field of the documents that has the true label.")
}

// askScores reads how many scores are asked, and their label.
func askScores(p *param.Reader) handler {
	label := labelOf(p)
	most, bounded := p.IntegerIfGiven("recent", param.AtLeast(0), "How many of the last scores at most; all that are remembered when empty.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		scores, err := p.Scores().Recent(ctx, r.part("model"))
		if err != nil {
			return nil, err
		}
		if bounded {
			scores.Recent = scores.Recent[max(0, len(scores.Recent)-most):]
		}
		return answer(map[string]any{"recent": labelled(scores.Recent, label, false), "top": labelled(scores.Top, label, true)}), nil
	}
}

// judgement is what a result says about a score.
type judgement struct {
	Quantile  *float64 `json:"quantile"`
	Threshold *float64 `json:"threshold"`
	Lower     *float64 `json:"threshold_lower"`
	IsAnomaly bool     `json:"is_anomaly"`
}

// bounds are the thresholds that there are.
func (j *judgement) bounds() (out []float64) {
	for _, t := range []*float64{j.Threshold, j.Lower} {
		if t != nil {
			out = append(out, *t)
		}
	}
	return out
}

func judge(s live.RecentScore) *judgement {
	j := &judgement{}
	if json.Unmarshal(s.Result, j) != nil {
		return &judgement{}
	}
	return j
}

func serveEvaluation(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	found, err := p.Scores().Evaluation(ctx, r.part("model"))
	if err != nil {
		return nil, err
	}
	return answer(map[string]any{"evaluation": found}), nil
}

func serveMembers(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	found, err := p.Scores().Members(ctx, r.part("model"))
	if err != nil {
		return nil, err
	}
	return answer(map[string]any{"members": found}), nil
}
