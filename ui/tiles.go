package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// attributeTile is one attribute in one step of a window.
type attributeTile struct {
	From       *time.Time `json:"from,omitempty"`
	To         *time.Time `json:"to,omitempty"`
	Rows       float64    `json:"rows"`
	Univariate any        `json:"univariate"`
	// Quantiles are those of a number at 0.05, 0.25, 0.5, 0.75 and 0.95.
	Quantiles []explore.Number `json:"quantiles,omitempty"`
}

// tileQuantiles are what is told of a number in each tile.
var tileQuantiles = []float64{0.05, 0.25, 0.5, 0.75, 0.95}

// askOverTime reads which attribute is told.
func askOverTime(p *param.Reader) handler {
	attribute := p.Attribute("attribute", param.Required, "Any attribute.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		tiles, err := live.TilesOf(ctx, p, shared)
		if errors.Is(err, live.ErrNoWindow) {
			return answer(map[string]any{"attribute": attribute, "kept": false, "tiles": []any{}}), nil
		}
		if err != nil {
			return nil, err
		}
		out := []attributeTile{}
		var unknown error
		for _, tile := range tiles {
			one, err := overTime(ctx, &tile, attribute)
			if errors.Is(err, explore.ErrUnknownAttribute) {
				unknown = err // the attribute is younger than the tile
				continue
			}
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		if len(out) == 0 && unknown != nil {
			return nil, unknown
		}
		return answer(map[string]any{"attribute": attribute, "kept": true, "tiles": out}), nil
	}
}

// overTime tells an attribute in a tile.
func overTime(ctx context.Context, tile *live.TileSummary, attribute string) (attributeTile, error) {
	out := attributeTile{From: tile.From, To: tile.To, Rows: tile.Summary.Weight()}
	question, err := explore.Lookup("univariate")
	if err != nil {
		return out, err
	}
	if out.Univariate, err = question.Ask(ctx, tile.Summary, param.Values{"attribute": attribute}); err != nil {
		return out, err
	}
	u, ok := out.Univariate.(*explore.UnivariateResult)
	if !ok || u.Numbers == nil {
		return out, nil
	}
	if question, err = explore.Lookup("quantile"); err != nil {
		return out, err
	}
	for _, q := range tileQuantiles {
		value, err := question.Ask(ctx, tile.Summary, param.Values{"attribute": attribute, "q": fmt.Sprint(q)})
		if err != nil {
			return out, err
		}
		x, ok := value.(explore.Number)
		if !ok {
			return out, fmt.Errorf("%w: the quantile of %q is no number", errBad, attribute)
		}
		out.Quantiles = append(out.Quantiles, x)
	}
	return out, nil
}
