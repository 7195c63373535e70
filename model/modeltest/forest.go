package modeltest

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// Grow lets the forests that a definition needs grow by the rows, and returns the evidence
// with their counts of these.
func Grow(t testing.TB, needs model.Needs, e model.Evidence, layout *stats.Layout, rows *stats.Rows) *model.Evidence {
	t.Helper()
	e.Forests, e.Tally = nil, nil
	for _, n := range needs.Forests {
		if !n.Spec.Fits(layout) {
			continue
		}
		spec := n.Spec
		spec.ID, spec.Seed = n.Spec.Key, 7
		begun, err := forest.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		g := forest.NewGrower(begun, n.Selects)
		g.Grow(layout, rows)
		e.Forests = append(e.Forests, g.Snapshot())
	}
	if len(e.Forests) > 0 {
		e.Tally = &forest.Tally{}
		e.Tally.Learn(e.Forests, layout, rows)
	}
	return &e
}
