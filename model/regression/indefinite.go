package regression

import (
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// enoughComplete is how many complete rows there must be for each coefficient
// before they take the place of pairs that do not fit together.
const enoughComplete = 5

// possible replaces moments of rows that lack values. Beside levels of categories those of
// numbers are taken within the levels. Pairwise moments may still be such as no rows can
// have, target included: what is fitted to them has no lowest point, or residuals whose
// squares add up to less than 0. Or they are near that, where inputs hardly differ. The rows that
// have all numbers take their place where there are enough, and otherwise the nearest
// moments that rows can have, of which errors of coefficients are not known. A warning
// says so.
func (r *regression) possible(s *stats.Summary, target design.Term) error {
	if !r.all.Pairwise {
		return nil
	}
	complete, rows, used, err := r.completeMoments(s, target)
	if err != nil {
		return err
	}
	near, lowest, err := r.all.Definite()
	if err != nil {
		return err
	}
	what := fmt.Sprintf("rows lack values, and the correlations of pairs of other rows do not fit together (an eigenvalue of %.3g)", lowest)
	if rows >= float64(enoughComplete*r.parameters()) {
		fits, _, err := complete.Definite()
		if err != nil {
			return err
		}
		share, err := complete.LeastShare(r.all)
		if err != nil {
			return err
		}
		if !near.Projected {
			what = fmt.Sprintf("rows lack values, and by pairs of other rows a combination of inputs has %.2g of the variance that it has in rows that lack nothing", share)
		}
		if !fits.Projected && share < r.leastShare(rows) {
			r.all = complete
			r.design.Complete = r.design.Numeric()
			r.warn(fmt.Sprintf("%s: %s; leave inputs out that hardly differ", what, used))
			return nil
		}
	}
	if near.Projected {
		r.all, r.projected = near, true
		r.warn(what + ": they are shrunk to the nearest ones that do, and a penalty chosen by them can be far off; leave inputs out that hardly differ, as their coefficients mean little")
	}
	return nil
}

// leastShare is below what share of its variance in complete rows no combination of terms comes
// by chance: half of the least eigenvalue that the covariances of so many rows have where the
// terms are independent (V. Marchenko, L. Pastur, Mathematics of the USSR-Sbornik 1, 1967).
func (r *regression) leastShare(rows float64) float64 {
	edge := 1 - math.Sqrt(float64(r.terms())/rows)
	return edge * edge / 2
}

// completeMoments returns what can take the place of pairwise moments, the weight of the rows
// that it is of, 0 where there are none, and what a warning says of it. Beside levels it takes the
// pairwise moments within the levels in place of those that have been read.
func (r *regression) completeMoments(s *stats.Summary, target design.Term) (m *design.Moments, rows float64, used string, err error) {
	if !r.design.Numeric() {
		if r.all, m, rows, err = r.design.MomentsWithin(s, target); err != nil {
			return nil, 0, "", err
		}
		return m, rows, fmt.Sprintf("how numbers vary together within categories is taken from the %v rows that have all of them", rows), nil
	}
	complete := *r.design
	complete.Complete = true
	if m, err = complete.Moments(s, target); err != nil {
		return nil, 0, "", err
	}
	rows = m.Weight.Float()
	return m, rows, fmt.Sprintf("the %v complete rows are used, as with missing: complete", rows), nil
}

// errProjected refuses to choose a penalty by residuals that are those of no rows: the
// least penalty then seems to fit perfectly.
var errProjected = errors.New("options.aicc: rows lack values, and the correlations of pairs of other rows do not fit together, so AICc means nothing: set lambda, leave out inputs with gaps, or set missing: complete with numeric inputs")

func (r *regression) warn(text string) { r.warnings = append(r.warnings, text) }
