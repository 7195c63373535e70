package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
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

func serveScores(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	scores, err := p.Scores().Recent(ctx, r.param("model"))
	if err != nil {
		return nil, err
	}
	label := r.param("label")
	if most, err := strconv.Atoi(r.param("recent")); err == nil {
		if most < 0 {
			return nil, fmt.Errorf("%w: recent is %d, want 0 or more", errBad, most)
		}
		scores.Recent = scores.Recent[max(0, len(scores.Recent)-most):]
	}
	return answer(map[string]any{"recent": labelled(scores.Recent, label, false), "top": labelled(scores.Top, label, true)}), nil
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
