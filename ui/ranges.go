package ui

import (
	"context"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// farOut is how many times as wide as the middle 99 % a range must be for a
// histogram to leave out what lies beyond: else a single value far out would
// squeeze all others into one bar.
const farOut = 3

// inner returns the bounds of a histogram that shows where the values are, nil
// when that is the whole range.
func inner(ctx context.Context, p *live.Project, part, attribute string, least, most float64) param.Values {
	quantile := func(q string) (float64, bool) {
		value, err := ask(ctx, p, "quantile", part, param.Values{"attribute": attribute, "q": q})
		x, ok := value.(explore.Number)
		return float64(x), err == nil && ok
	}
	lo, okLo := quantile("0.005")
	hi, okHi := quantile("0.995")
	if !okLo || !okHi || !(hi > lo) || most-least <= farOut*(hi-lo) {
		return nil
	}
	margin := (hi - lo) / 10
	text := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	return param.Values{"min": text(max(least, lo-margin)), "max": text(min(most, hi+margin))}
}

// inner is the same for a request.
func (a *API) inner(ctx context.Context, r *Request, part, attribute string, least, most float64) param.Values {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil
	}
	return inner(ctx, p, part, attribute, least, most)
}

// shape returns the histogram of an attribute for the univariate table; like
// names the part whose range it has, the same part when it is empty.
func shape(ctx context.Context, p *live.Project, part, like, attribute string) (any, error) {
	if like == "" {
		like = part
	}
	args := param.Values{"attribute": attribute, "bins": summaryBins}
	value, err := ask(ctx, p, "density", like, args)
	if err != nil {
		return nil, err
	}
	d, ok := value.(*explore.DensityResult)
	if !ok {
		return value, nil
	}
	bounds := inner(ctx, p, like, attribute, float64(d.Min), float64(d.Max))
	if bounds == nil && like == part {
		return value, nil
	}
	if bounds == nil {
		bounds = param.Values{"min": strconv.FormatFloat(float64(d.Min), 'g', -1, 64), "max": strconv.FormatFloat(float64(d.Max), 'g', -1, 64)}
		if !(d.Max > d.Min) {
			return ask(ctx, p, "density", part, args)
		}
	}
	bounds["attribute"], bounds["bins"] = attribute, summaryBins
	return ask(ctx, p, "density", part, bounds)
}
