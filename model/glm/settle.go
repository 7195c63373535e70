package glm

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// How far the estimate may be from the point that rows are expanded at, as a root mean
// square of the predictor, before the point is renewed: with the third degree of sums, with
// the second, and of a quantile, whose second degree is an estimate. The error of a
// predictor is of the order of the third power of that distance, of the second, or a tenth
// of it.
const (
	nearThird  = 0.05
	nearSecond = 0.03
	nearFirst  = 0.005
)

// settling returns the function that settles the frame of a likelihood once there are
// more rows that differ than are kept, and renews its point when the estimate has moved.
func settling(spec stats.LikelihoodSpec) func(context.Context, *stats.Likelihood, *stats.LikelihoodFrame) (*stats.LikelihoodFrame, error) {
	return func(ctx context.Context, of *stats.Likelihood, now *stats.LikelihoodFrame) (*stats.LikelihoodFrame, error) {
		if of == nil || now == nil && of.Rows.Len() <= spec.Rows {
			return nil, nil
		}
		if now != nil && of.Weight() == 0 {
			return nil, nil
		}
		fit, err := fitRows(ctx, &spec, of, 0)
		if err != nil {
			return nil, err
		}
		next := *fit.Frame
		if now == nil {
			next.Point, next.Epoch = bounded(fit.Parameters), max(next.Epoch+1, uint64(max(fit.Weight, 1)))
			if next.Kernel.Family == likelihood.Quantile && len(of.Sums) == 0 {
				next.Kernel.Sharp, next.Kernel.Bandwidth = true, fit.bandwidth
			}
			if len(of.Sums) == 0 { // else rows of another project have been imported, in their frame
				next.Origin = next.Point
			}
			return &next, next.Validate()
		}
		if fit.Frame.ID() != now.ID() {
			return nil, nil // all rows so far were expanded in a frame of another project
		}
		near := nearSecond
		switch {
		case now.Kernel.HasThird():
			near = nearThird
		case now.Kernel.Family == likelihood.Quantile:
			near = nearFirst
		}
		p, _ := newProblem(now, of)
		if p.distance(fit.Parameters, now.Point) <= near {
			return nil, nil
		}
		next.Point, next.Epoch = bounded(fit.Parameters), max(now.Epoch+1, uint64(max(fit.Weight, 1)))
		return &next, next.Validate()
	}
}

// bounded keeps parameters where a row can be expanded.
func bounded(parameters []float64) []float64 {
	const most = 1e5
	out := make([]float64, len(parameters))
	for i, x := range parameters {
		out[i] = math.Min(math.Max(x, -most), most)
	}
	return out
}
