package classification

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// enoughComplete is how many complete rows there must be for each term before they take
// the place of pairs that do not fit together.
const enoughComplete = 5

// possible returns joint moments that rows can have. Those of pairs of other rows may not
// fit together; then the complete rows take their place, where they are held and there
// are enough of them, and else the nearest moments that do. A warning says so.
func (g *groups) possible(all *design.Moments, s *stats.Summary) (*design.Moments, error) {
	if !all.Pairwise {
		return all, nil
	}
	near, lowest, err := all.Definite()
	if err != nil || !near.Projected {
		return all, err
	}
	what := fmt.Sprintf("rows lack values, and the correlations of pairs of other rows do not fit together (an eigenvalue of %.3g)", lowest)
	if g.target.binary && g.design.Numeric() {
		complete := *g.design
		complete.Complete = true
		m, err := complete.Moments(s, g.target.terms()...)
		if err == nil && m.Weight.Float() >= float64(enoughComplete*g.terms()) {
			g.design = &complete
			g.warnings = append(g.warnings, fmt.Sprintf("%s: the %v complete rows are used, as with missing: complete", what, m.Weight.Float()))
			return m, nil
		}
	}
	g.warnings = append(g.warnings, what+": they are shrunk to the nearest ones that do, and a penalty chosen by them can be far off; leave inputs out that hardly differ, as their coefficients mean little")
	return near, nil
}
