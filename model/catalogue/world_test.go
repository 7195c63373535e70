package catalogue_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// world is what models of every type can be built from: numbers that go
// together, one that another determines and one that it nearly does, one with
// gaps, one of both signs whose powers are kept, two binaries and a category, splines of
// three numbers; with folds, and parted by flag.
type world struct {
	layout   *stats.Layout
	rows     *stats.Rows
	evidence model.Evidence
	// uncounted says that the binnings have been installed after the rows.
	uncounted bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	const n, folds = 400, 3
	powers := []float64{0.5, 1}
	w := &world{layout: &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "z"}, {Name: "flag", Binary: true}, {Name: "mark", Binary: true}, {Name: "twice"}, {Name: "close"}, {Name: "gap"}, {Name: "y"}},
		Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "blue"}}},
	}}
	for _, lambda := range powers {
		w.layout.Numeric = append(w.layout.Numeric, stats.NumericColumn{Name: model.PowerColumn("y", lambda)})
	}
	w.layout.Numeric = append(w.layout.Numeric, stats.NumericColumn{Name: model.JacobianColumn("y")})
	w.expand(t, "x", "z", "gap")
	r := rand.New(rand.NewPCG(41, 1))
	w.rows = &stats.Rows{N: n, Numeric: len(w.layout.Numeric), Categorical: 1}
	for range n {
		x := r.NormFloat64()
		z, y := math.Exp(0.4*x+0.5*r.NormFloat64()), model.InverseYeoJohnson(0.3+1.5*x+r.NormFloat64(), 0.5)
		gap := x - z + r.NormFloat64()
		if r.IntN(6) == 0 {
			gap = math.NaN()
		}
		flag, mark := 0.0, float64(r.IntN(2))
		if x+0.5*z+r.NormFloat64() > 0.5 {
			flag = 1
		}
		w.rows.Values = append(w.rows.Values, x, z, flag, mark, 2*x, x+0.1*r.NormFloat64(), gap, y)
		for _, lambda := range powers {
			w.rows.Values = append(w.rows.Values, model.YeoJohnson(y, lambda))
		}
		w.rows.Values = append(w.rows.Values, model.LogJacobian(y))
		for i, value := range []float64{x, z, gap} {
			columns := make([]float64, w.evidence.Expansions[i].Columns())
			w.evidence.Expansions[i].Compute([]float64{value}, columns, 1e72)
			w.rows.Values = append(w.rows.Values, columns...)
		}
		w.rows.Codes = append(w.rows.Codes, 1+int32(r.IntN(2)))
	}
	w.evidence.Summary = modeltest.SummaryOf(t, w.layout, w.rows)
	fold, parted := make([]*stats.Rows, folds), make([]*stats.Rows, 2)
	for _, parts := range [][]*stats.Rows{fold, parted} {
		for i := range parts {
			parts[i] = &stats.Rows{}
			parts[i].Reset(w.rows.Numeric, 1)
		}
	}
	for i := range n {
		fold[i%folds].Append(w.rows, i)
		parted[int(w.rows.Row(i)[2])].Append(w.rows, i)
	}
	for _, part := range fold {
		w.evidence.Folds = append(w.evidence.Folds, modeltest.SummaryOf(t, w.layout, part))
	}
	w.evidence.Partition = &model.Partition{Attribute: "flag", Values: []string{"0", "1"}}
	for _, part := range parted {
		w.evidence.Partition.Summaries = append(w.evidence.Partition.Summaries, modeltest.SummaryOf(t, w.layout, part))
	}
	return w
}

// expand adds columns of splines.
func (w *world) expand(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		e, err := expansion.New(expansion.Expansion{Kind: expansion.Natural, Sources: []string{name}, Knots: []float64{-1, 0, 0.5, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		w.evidence.Expansions = append(w.evidence.Expansions, e)
		for _, column := range e.Names() {
			w.layout.Numeric = append(w.layout.Numeric, stats.NumericColumn{Name: column})
		}
	}
}

// inputs draws the inputs of a definition.
func (w *world) inputs(r *rand.Rand, e *model.Entry) []string {
	if e.Type == "pool" {
		return nil // those of its members
	}
	choices := [][]string{{"x", "z"}, {"x", "z", "gap"}, {"x", "z", "twice"}, {"x", "z", "close"}, {"x", "z", "gap", "mark", "colour"}}
	if e.Role == model.RoleAnomaly {
		choices = append(choices, nil)
	}
	return choices[r.IntN(len(choices))]
}

// said is everything that a model of the definition says: what it describes, how
// many rows it wants, and what it predicts of some rows. It is false where none
// can be built.
func (w *world) said(t *testing.T, d model.Definition) (string, bool) {
	t.Helper()
	all, e := catalogue.All(), w.evidence
	if all.Validate(&d) != nil {
		return "", false
	}
	needs, err := all.Needs(d)
	if err != nil {
		t.Fatalf("%+v: %v", d, err)
	}
	binnings, err := needs.Draw(e.Summary, 7)
	if err != nil && !errors.Is(err, stats.ErrTooFew) {
		t.Fatalf("%+v: %v", d, err)
	}
	if len(binnings) > 0 {
		if e.Detectors, err = stats.NewDetectors(binnings...); err == nil && !w.uncounted {
			err = e.Detectors.Learn(w.layout, w.rows)
		}
		if err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
	}
	for i := range needs.Pools {
		needs.Pools[i].Spec.Seed = 7 // whatever the options, of which it is drawn
	}
	if !w.uncounted {
		e = *modeltest.Grow(t, needs, e, w.layout, w.rows)
	}
	if len(needs.Likelihoods) > 0 && !w.uncounted {
		e.Likelihoods = w.likelihoods(t, needs.Likelihoods)
	}
	if needs.Members != nil {
		e.Members = w.members(t, d.Target, needs.Members.Names)
	}
	m, err := all.Build(context.Background(), d, &e)
	if err != nil {
		return "", false
	}
	var out strings.Builder
	text, err := json.Marshal(m.Describe())
	if err != nil {
		t.Fatalf("%+v: %v", d, err)
	}
	out.Write(text)
	fmt.Fprintln(&out, m.MinRows())
	var result model.Result
	for i := range 9 {
		values := append([]float64(nil), w.rows.Row(i)...)
		if i%3 == 0 {
			values[i%2] = math.NaN()
		}
		m.Predict(values, w.rows.RowCodes(i), &result)
		fmt.Fprintln(&out, result.Score, result.PValue, result.Prediction, result.Interval, result.Class, result.Probabilities, result.Contributions)
	}
	return out.String(), true
}

// members are models of a target that are called as options call attributes, and one that
// is warming up: those that are named, all where none is.
func (w *world) members(t *testing.T, target string, named []string) (out []model.Member) {
	t.Helper()
	types := []string{"lda", "naive_bayes", "qda"}
	if target == "y" {
		types = []string{"ols", "ridge", "lasso"}
	}
	for i, name := range append(names, "young") {
		if len(named) > 0 && !slices.Contains(named, name) {
			continue
		}
		if name == "young" {
			out = append(out, model.Member{Name: name, LeftOut: "it is warming up"})
			continue
		}
		d := model.Definition{Name: name, Type: types[i], Target: target, Inputs: []string{"x", "z"}[:1+i%2]}
		m, err := catalogue.All().Build(context.Background(), d, &w.evidence)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, model.Member{Name: name, Type: d.Type, Model: m, Role: model.RoleClassification})
	}
	return out
}

// likelihoods have learned the rows since the beginning; frames are settled after half of
// them.
func (w *world) likelihoods(t *testing.T, needs []model.LikelihoodNeed) *stats.Likelihoods {
	t.Helper()
	uses := make([]stats.LikelihoodUse, len(needs))
	for i := range needs {
		uses[i].LikelihoodSpec = needs[i].LikelihoodSpec
	}
	keep := func(string) bool { return false }
	out := (*stats.Likelihoods)(nil).Following(uses, keep)
	first, second := w.rows.Select(0, w.rows.N/2), w.rows.Select(w.rows.N/2, w.rows.N)
	out.Learn(w.layout, &first)
	for i := range needs {
		f, err := needs[i].Settle(context.Background(), out.Of(needs[i].Key), nil)
		if err != nil && !errors.Is(err, model.ErrNotYet) {
			t.Fatal(err)
		}
		uses[i].Frame = f
	}
	out = out.Following(uses, keep)
	out.Learn(w.layout, &second)
	return out
}
