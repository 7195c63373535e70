package catalogue_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
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
	// Measured are differences of scores up to 0.8, of the score where that is above 1.
	coarserModel = 1.0
)

// TestModelsForget forgets few and many outliers. It builds every type with its defaults from a summary that has forgotten
// outliers and from one that never had them, and compares what they say of all rows.
func TestModelsForget(t *testing.T) {
	for seed := range uint64(4) {
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
				d := definitionOf(e, nil)
				d.Inputs = []string{"x", "z", "gap"}
				other := w.evidence
				other.Summary = forgotten
				needs, err := all.Needs(d)
				if err != nil {
					t.Fatal(err)
				}
				evidence := modeltest.Grow(t, needs, w.evidence, w.layout, w.rows)
				if other.Forests = evidence.Forests; other.Forests != nil {
					other.Tally = evidence.Tally.Clone()
					part := &forest.Tally{}
					part.Learn(other.Forests, w.layout, gone)
					other.Tally.Merge(part)
					other.Tally.Reduce(part)
				}
				want, err := all.Build(context.Background(), d, evidence)
				got, errGot := all.Build(context.Background(), d, &other)
				if (err == nil) != (errGot == nil) {
					t.Fatalf("built with %v, and after rows were forgotten with %v", err, errGot)
				}
				if err != nil {
					t.Skipf("cannot be built of this evidence: %v", err)
				}
				compareModels(t, w, e, got, want, gone.N > 100)
			})
		}
	}
}

// compareModels compares what two models say of all rows. Coarser says that the rows that
// were forgotten had more values than histograms have bins.
func compareModels(t *testing.T, w *world, e *model.Entry, got, want model.Model, coarser bool) {
	t.Helper()
	worst, tolerance := 0.0, sameModel
	if coarser && readsHistograms[e.Type] {
		tolerance = coarserModel
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
		t.Errorf("what it says differs by %v, want at most %v", worst, tolerance)
	}
}

// readsHistograms are the types that read histograms, of which the bins do not become finer
// again.
var readsHistograms = map[string]bool{"copod": true, "ecod": true, "ensemble": true, "hba": true}
