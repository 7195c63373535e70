package regression

import (
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// enoughComplete is how many complete rows there must be for each coefficient
// before they take the place of pairs that do not fit together.
const enoughComplete = 5

// possible replaces pairwise moments that no rows can have, target included: what
// is fitted to them has no lowest point, or residuals whose squares add up to
// less than 0. The complete rows take their place where they are held and there
// are enough, and otherwise the nearest moments that rows can have, of which
// errors of coefficients are not known. A warning says so.
func (r *regression) possible(s *stats.Summary) error {
	if !r.all.Pairwise {
		return nil
	}
	near, lowest, err := r.all.Definite()
	if err != nil || !near.Projected {
		return err
	}
	what := fmt.Sprintf("rows lack values, and the correlations of pairs of other rows do not fit together (an eigenvalue of %.3g)", lowest)
	complete := *r.design
	complete.Complete = true
	target := design.Term{Name: r.target, Factor: design.Factor{Column: s.Layout().NumericIndex(r.target)}}
	m, err := complete.Moments(s, target)
	if err == nil && m.Weight.Float() >= float64(enoughComplete*r.parameters()) {
		r.design, r.all = &complete, m
		r.warn(fmt.Sprintf("%s: the %v complete rows are used, as with missing: complete", what, m.Weight.Float()))
		return nil
	}
	if err != nil && !errors.Is(err, model.ErrNotHeld) {
		return err
	}
	r.all, r.projected = near, true
	r.warn(what + ": they are shrunk to the nearest ones that do, and a penalty chosen by them can be far off; leave inputs out that hardly differ, as their coefficients mean little")
	return nil
}

// errProjected refuses to choose a penalty by residuals that are those of no rows: the
// least penalty then seems to fit perfectly.
var errProjected = errors.New("options.aicc: rows lack values, and the correlations of pairs of other rows do not fit together, so AICc means nothing: set lambda, leave out inputs with gaps, or set missing: complete with numeric inputs")

func (r *regression) warn(text string) { r.warnings = append(r.warnings, text) }
