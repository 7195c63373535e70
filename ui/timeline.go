package ui

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Bounds of a timeline, in seconds.
const (
	defaultSpan = 300
	longestSpan = 86400
)

// shownStep is a step of a timeline with the true labels of its extremes.
type shownStep struct {
	live.ScoreStep
	Top    *shownScore `json:"top,omitempty"`
	Bottom *shownScore `json:"bottom,omitempty"`
}

// shownTimeline is a timeline of shown steps.
type shownTimeline struct {
	live.ScoreTimeline
	// Quantiles are those of all scores that have been counted, in any process.
	Quantiles map[string]float64 `json:"quantiles"`
	Steps     []shownStep        `json:"steps"`
}

// askTimeline reads how far back is told.
func askTimeline(p *param.Reader) handler {
	label := labelOf(p)
	span := p.Integer("seconds", defaultSpan, param.Between(1, longestSpan), "How far back. Up to 300 the steps are of a second, up to 3600 of ten seconds, beyond of five minutes.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		timeline, err := p.Scores().Timeline(ctx, r.part("model"), time.Duration(span)*time.Second)
		if err != nil {
			return nil, err
		}
		quantiles, err := p.Scores().Quantiles(ctx, r.part("model"), shownQuantiles)
		if err != nil {
			return nil, err
		}
		out := shownTimeline{ScoreTimeline: timeline, Quantiles: map[string]float64{}, Steps: make([]shownStep, len(timeline.Steps))}
		for i, s := range timeline.Steps {
			out.Steps[i] = shownStep{ScoreStep: s, Top: shownRow(s.Top, label), Bottom: shownRow(s.Bottom, label)}
		}
		for k, q := range quantiles {
			if !math.IsNaN(q) && !math.IsInf(q, 0) {
				out.Quantiles[strconv.FormatFloat(shownQuantiles[k], 'g', -1, 64)] = q
			}
		}
		return answer(out), nil
	}
}

// shownRow is a row with its true label; nil for none.
func shownRow(s *live.RecentScore, label string) *shownScore {
	if s == nil {
		return nil
	}
	return &labelled([]live.RecentScore{*s}, label, true)[0]
}

// maxAlarms bounds the alarms that are told of a project.
const maxAlarms = 30

// alarm is a stretch of time in which a model found anomalies.
type alarm struct {
	Model     string          `json:"model"`
	At        time.Time       `json:"at"`
	Seconds   float64         `json:"seconds"`
	Anomalies int             `json:"anomalies"`
	Score     float64         `json:"score"` // the highest
	Threshold *float64        `json:"threshold"`
	Result    json.RawMessage `json:"result,omitempty"`
}

// activity is what a project and its models have done lately in this process.
type activity struct {
	Project  string               `json:"project"`
	Rows     float64              `json:"rows"`
	Learning bool                 `json:"learning"`
	Shards   int                  `json:"shards"`
	Step     float64              `json:"pace_seconds"` // of a step of Pace
	Pace     []float64            `json:"pace"`         // rows per second that this process learned, oldest first
	Models   []live.ModelActivity `json:"models"`
	// Alarms are the newest of the last hour, newest first; Anomalies how many rows
	// were anomalies in that hour.
	Alarms    []alarm `json:"alarms"`
	Anomalies int     `json:"anomalies"`
}

func serveActivity(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	models, err := p.Scores().Activity(ctx)
	if err != nil {
		return nil, err
	}
	out := activity{Project: info.Project, Rows: info.Rows, Learning: p.Learning(), Shards: len(info.Shards), Models: models}
	rates, step := live.PaceOf(p)
	out.Pace, out.Step = rates, step.Seconds()
	out.Alarms = newestAlarms(models)
	for _, m := range models {
		out.Anomalies += m.Anomalies
	}
	return answer(out), nil
}
