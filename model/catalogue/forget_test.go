package catalogue_test

import (
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// What a model says after rows have been forgotten, against one that never had them.
const (
	// sameModel is for what co-moments, moments and counts give: 12 digits, of which
	// solving systems of equations loses some.
	sameModel = 1e-6
	// coarserModel is for what is read off histograms. More values than there are bins make
	// the bins coarser, by factors of two, and forgetting does not make them finer again.
	// Measured are differences of scores of the defaults up to 1.02, of the score where that
	// is above 1.
	coarserModel = 1.25
	// coarserTails is for other options, such as those that look at one tail of an attribute
	// only: the logarithm of the 400 rows for two attributes, which is what the rarest
	// values have and those in a coarse bin have not.
	coarserTails = 12.0
)

// TestModelsForget forgets few and many outliers. It builds every type, with its defaults and with options that are drawn, from a summary that has forgotten
// outliers and from one that never had them, and compares what they say of all rows.
func TestModelsForget(t *testing.T) {
	built := map[string]int{}
	for seed := range drawn.Seeds(8) {
		w, all := newWorld(t), catalogue.All()
		r := rand.New(rand.NewPCG(seed, 5))
		gone := &stats.Rows{}
		gone.Reset(w.rows.Numeric, 1)
		for i := range []int{30, 3000}[seed%2] {
			gone.Append(w.rows, r.IntN(w.rows.N))
			row := gone.Row(i)
			for _, j := range []int{0, 1, 7} { // x, z, y
				row[j] = math.Copysign(math.Pow(10, 3+9*r.Float64()), r.NormFloat64())
			}
		}
		forgotten := w.evidence.Summary.Clone().(*stats.Summary)
		if err := forgotten.Learn(w.layout, gone); err != nil {
			t.Fatal(err)
		}
		if err := forgotten.Forget(w.layout, gone); err != nil {
			t.Fatal(err)
		}
		for i := range all {
			e := &all[i]
			t.Run(e.Type, func(t *testing.T) {
				other := w.evidence
				other.Summary = forgotten
				draws := &paramtest.Draws{Random: r, Attributes: []string{"x", "z", "gap", "flag", "colour"}}
				for try := range 4 {
					d := definitionOf(e, nil)
					d.Inputs = []string{"x", "z", "gap"}
					if try > 0 {
						d.Options = some(r, draws.Values(e.Options()))
					}
					if all.Validate(&d) != nil {
						continue // options that contradict each other
					}
					evidence := w.grown(t, d)
					want, err := all.Build(context.Background(), d, evidence)
					got, errGot := all.Build(context.Background(), d, w.forgot(other, evidence, gone))
					if (err == nil) != (errGot == nil) {
						t.Fatalf("%v: built with %v, and after rows were forgotten with %v", d.Options, err, errGot)
					}
					if err == nil {
						built[e.Type]++
						compareModels(t, w, e, d.Options, got, want, gone.N > 100)
					}
				}
			})
		}
	}
	for i := range catalogue.All() {
		if typ := catalogue.All()[i].Type; built[typ] == 0 {
			t.Logf("no model of type %s can be built of this evidence", typ)
		}
	}
}

// some draws a third of the options.
func some(r *rand.Rand, values param.Values) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if r.IntN(3) == 0 {
			out[name] = values[name]
		}
	}
	return out
}

// grown is the evidence with the counts of the rows in the forests that a definition needs.
func (w *world) grown(t *testing.T, d model.Definition) *model.Evidence {
	t.Helper()
	needs, err := catalogue.All().Needs(d)
	if err != nil {
		t.Fatal(err)
	}
	return modeltest.Grow(t, needs, w.evidence, w.layout, w.rows)
}

// forgot adds the counts in forests to an evidence that has learned rows and forgotten them.
func (w *world) forgot(e model.Evidence, of *model.Evidence, gone *stats.Rows) *model.Evidence {
	if e.Forests = of.Forests; e.Forests != nil {
		part := &forest.Tally{}
		part.Learn(e.Forests, w.layout, gone)
		e.Tally = of.Tally.Clone()
		e.Tally.Merge(part)
		e.Tally.Reduce(part)
	}
	e.Pools = of.Pools // rows cannot be taken away from these
	return &e
}

// compareModels compares what two models say of all rows. Coarser says that the rows that
// were forgotten had more values than histograms have bins.
func compareModels(t *testing.T, w *world, e *model.Entry, options map[string]any, got, want model.Model, coarser bool) {
	t.Helper()
	worst, tolerance := 0.0, sameModel
	if coarser && (readsHistograms[e.Type] || options["robust"] == true) {
		tolerance = coarserModel
		if len(options) > 0 {
			tolerance = coarserTails
		}
	}
	for i := range w.rows.N {
		var a, b model.Result
		got.Predict(w.rows.Row(i), w.rows.RowCodes(i), &a)
		want.Predict(w.rows.Row(i), w.rows.RowCodes(i), &b)
		x, y := a.Score+a.Prediction, b.Score+b.Prediction
		if len(a.Probabilities) > 0 {
			x, y = a.Probabilities[0], b.Probabilities[0]
		}
		worst = max(worst, math.Abs(x-y)/max(1, math.Abs(y)))
	}
	if !(worst <= tolerance) {
		t.Errorf("%v: what it says differs by %v, want at most %v", options, worst, tolerance)
	}
}

// readsHistograms are the types that read histograms, of which the bins do not become finer
// again.
var readsHistograms = map[string]bool{"copod": true, "ecod": true, "ensemble": true, "hba": true}
