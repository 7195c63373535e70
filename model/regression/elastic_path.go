package regression

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// pathFloor is the least lambda of a path, as a share of the first.
// Friedman, Hastie and Tibshirani (2010, section 2.5) end their path there too.
const pathFloor = 1e-3

// leastEta bounds eta where the first lambda of a path is looked for: with no
// lasso in it every coefficient is there at once.
const leastEta = 1e-3

// firstLambda returns the least lambda at which all coefficients are 0.
// It is max |c_j|/eta: at b = 0 the gradient is c, and a coefficient leaves 0 when
// its gradient exceeds lambda eta.
func (q *gram) firstLambda(eta float64) float64 {
	largest := 0.0
	for _, c := range q.c {
		largest = max(largest, math.Abs(c))
	}
	return largest / max(eta, leastEta)
}

// geometric returns count numbers from high down to low with equal ratios.
func geometric(high, low float64, count int) []float64 {
	out := make([]float64, count)
	for i := range out {
		share := 0.0
		if count > 1 {
			share = float64(i) / float64(count-1)
		}
		out[i] = math.Exp(math.Log(high) + share*(math.Log(low)-math.Log(high)))
	}
	return out
}

// walk goes down the lambdas, each from the solution of the one before, and
// calls visit at each.
// The descent is reused from step to step; visit must copy what it keeps.
func (q *gram) walk(ctx context.Context, lambdas []float64, eta float64, o descentOptions, visit func(lambda float64, d *descent) error) error {
	d := q.newDescent(o)
	before := q.firstLambda(eta)
	for _, lambda := range lambdas {
		// a lambda above the first has all coefficients 0, and the rule needs before >= lambda
		before = max(before, lambda)
		if err := d.to(ctx, lambda, before, eta); err != nil {
			return err
		}
		if err := visit(lambda, d); err != nil {
			return err
		}
		before = lambda
	}
	return nil
}

// path returns the models on the way from no coefficient down.
func (q *gram) path(ctx context.Context, eta float64, count int, o descentOptions) ([]pathPoint, error) {
	first := q.firstLambda(eta)
	// no input is correlated with the target: the path would be one point
	if !(first > 0) {
		return nil, nil
	}
	var out []pathPoint
	err := q.walk(ctx, geometric(first, pathFloor*first, count), eta, o, func(lambda float64, d *descent) error {
		out = append(out, pathPoint{
			Lambda: lambda, Eta: eta, NonZero: len(d.active()), R2: 1 - d.residual()/q.yy, Coef: d.coefficients(),
		})
		return nil
	})
	return out, err
}

// searchOptions are the grid of an AICc search.
type searchOptions struct {
	minPower, maxPower float64
	lambdas            int
	minEta, maxEta     float64
	etas               int
}

// search returns the point of the grid with the least AICc, of n rows and with
// extra parameters beside the degrees of freedom, and the best point of each
// eta.
// Points whose AICc is infinite, as they have too many parameters for n rows, are
// never chosen. best.AICc is nil when there is no other.
func (q *gram) search(ctx context.Context, s searchOptions, o descentOptions, n, extra float64) (best pathPoint, each []pathPoint, err error) {
	lambdas := geometric(math.Pow(10, s.maxPower), math.Pow(10, s.minPower), s.lambdas)
	lowest := math.Inf(1)
	for i := range s.etas {
		eta := s.maxEta
		if s.etas > 1 {
			eta = s.minEta + (s.maxEta-s.minEta)*float64(i)/float64(s.etas-1)
		}
		here, found := math.Inf(1), pathPoint{}
		seen := i * len(lambdas)
		err := q.walk(ctx, lambdas, eta, o, func(lambda float64, d *descent) error {
			seen++
			progress.Report(ctx, "point of the grid", seen, s.etas*len(lambdas))
			rss := d.residual() * n
			criterion := aicc(rss, n, d.freedom(lambda*(1-eta))+extra)
			if criterion < here {
				here = criterion
				found = pathPoint{Lambda: lambda, Eta: eta, NonZero: len(d.active()), R2: 1 - d.residual()/q.yy, AICc: model.Finite(criterion)}
			}
			return nil
		})
		if err != nil {
			return best, nil, err
		}
		if found.AICc == nil {
			continue
		}
		each = append(each, found)
		if here < lowest {
			lowest, best = here, found
		}
	}
	return best, each, nil
}
