package ui

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// serveThresholds tells the thresholds of all scores of a project.
func serveThresholds(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	all, err := p.Scores().Thresholds(ctx)
	if err != nil {
		return nil, err
	}
	return answer(all), nil
}

// askThreshold reads options with which the threshold is worked out; with none it is
// the one that counts.
func askThreshold(p *param.Reader) handler {
	var asked *threshold.ThresholdOptions
	options := threshold.Read(p)
	for _, option := range threshold.Parameters() {
		if p.Given(option.Name) {
			asked = &options
		}
	}
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		found, err := p.Scores().Threshold(ctx, r.part("scores"), asked)
		if err != nil {
			return nil, err
		}
		return answer(found), nil
	}
}

// serveSetThreshold sets options of a threshold in place of those of its components.
func serveSetThreshold(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := decodeBody(r, &fields); err != nil {
		return nil, err
	}
	options, err := valuesOf(fields)
	if err != nil {
		return nil, err
	}
	if len(options) == 0 {
		return nil, fmt.Errorf("%w: body: nothing to set, want options such as alpha", errBad)
	}
	if err := p.Scores().SetThreshold(ctx, r.part("scores"), options); err != nil {
		return nil, err
	}
	return a.thresholdNow(ctx, p, r)
}

// serveResetThreshold lets the settings of the components count again.
func serveResetThreshold(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := p.Scores().ResetThreshold(ctx, r.part("scores")); err != nil {
		return nil, err
	}
	return a.thresholdNow(ctx, p, r)
}

// thresholdNow answers with the threshold after a change.
func (a *API) thresholdNow(ctx context.Context, p *live.Project, r *Request) (*Response, error) {
	found, err := p.Scores().Threshold(ctx, r.part("scores"), nil)
	if err != nil {
		return nil, err
	}
	return answer(struct {
		Done bool `json:"done"`
		*live.ThresholdState
	}{true, found}), nil
}
