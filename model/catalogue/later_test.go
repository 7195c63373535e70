package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestEveryModelBeginsSomewhere: of the first rows, however few, a model of every
// type can be built or says that more has to be learned. It never fails otherwise.
func TestEveryModelBeginsSomewhere(t *testing.T) {
	w := newWorld(t)
	targets := map[model.Role]string{model.RoleRegression: "y", model.RoleClassification: "flag"}
	all := catalogue.All()
	for _, entry := range all {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 5))
			d := model.Definition{Name: "m", Type: entry.Type, Inputs: []string{"x", "z", "gap"}}
			if entry.Target {
				d.Target = targets[entry.Role]
			}
			if entry.Type == "pool" {
				d.Inputs = nil // those of its members
			}
			from := r.IntN(100)
			for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 31, 32, 33, 40 + r.IntN(60)} {
				e := w.prefix(t, from, from+n)
				_, err := all.Build(context.Background(), d, &e)
				if err != nil && !errors.Is(err, model.ErrNotYet) {
					t.Errorf("%s of %d rows from %d: %v", entry.Type, n, from, err)
				}
			}
		}
	}
}

// prefix returns the evidence of rows [from, to): whole, in folds and parted by flag.
func (w *world) prefix(t *testing.T, from, to int) model.Evidence {
	t.Helper()
	pick := func(keep func(i int) bool) *stats.Summary {
		rows := &stats.Rows{}
		rows.Reset(w.rows.Numeric, 1)
		for i := from; i < to; i++ {
			if keep(i) {
				rows.Append(w.rows, i)
			}
		}
		return modeltest.SummaryOf(t, w.layout, rows)
	}
	e := model.Evidence{Summary: pick(func(int) bool { return true }), Partition: &model.Partition{Attribute: "flag"}}
	for fold := range 3 {
		e.Folds = append(e.Folds, pick(func(i int) bool { return i%3 == fold }))
	}
	for _, value := range []string{"0", "1"} {
		if part := pick(func(i int) bool { return fmt.Sprint(w.rows.Row(i)[2]) == value }); part.Weight() > 0 {
			e.Partition.Values = append(e.Partition.Values, value)
			e.Partition.Summaries = append(e.Partition.Summaries, part)
		}
	}
	return e
}

// TestNotYetAndNever: what more rows may mend is told apart from a definition that is
// wrong.
func TestNotYetAndNever(t *testing.T) {
	w := newWorld(t)
	constant := *w.rows
	constant.Values = append([]float64(nil), w.rows.Values...)
	for i := range constant.N {
		constant.Values[i*constant.Numeric+7] = 5
		constant.Values[i*constant.Numeric+2] = 1
	}
	flat := model.Evidence{Summary: modeltest.SummaryOf(t, w.layout, &constant)}
	for _, c := range []struct {
		name string
		d    model.Definition
		e    *model.Evidence
		wait bool
	}{
		{name: "target not seen", d: model.Definition{Type: "ols", Target: "later", Inputs: []string{"x"}}, e: &w.evidence, wait: true},
		{name: "input not seen", d: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "later"}}, e: &w.evidence, wait: true},
		{name: "no input seen", d: model.Definition{Type: "hba", Inputs: []string{"later*"}}, e: &w.evidence, wait: true},
		{name: "constant target", d: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x"}}, e: &flat, wait: true},
		{name: "one class", d: model.Definition{Type: "lda", Target: "flag", Inputs: []string{"x"}}, e: &flat, wait: true},
		{name: "class of a number", d: model.Definition{Type: "lda", Target: "y", Inputs: []string{"x"}}, e: &w.evidence},
		{name: "number of a category", d: model.Definition{Type: "ols", Target: "colour", Inputs: []string{"x"}}, e: &w.evidence},
		{name: "unknown option", d: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x"}, Options: map[string]any{"no_option": 1}}, e: &w.evidence},
		{name: "aliased inputs, many rows", d: model.Definition{Type: "ols", Target: "y", Inputs: []string{"x", "twice"}}, e: &w.evidence},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Name = "m"
			_, err := catalogue.All().Build(context.Background(), c.d, c.e)
			if err == nil || errors.Is(err, model.ErrNotYet) != c.wait {
				t.Errorf("error %v, want one, and ErrNotYet: %t", err, c.wait)
			}
		})
	}
}

// TestLacksIsTheBuild: what is said without a build of what a model lacks is what a build says:
// of drawn inputs, some of which no row has, it lacks one exactly where it cannot be built
// yet.
func TestLacksIsTheBuild(t *testing.T) {
	w, all := newWorld(t), catalogue.All()
	r := rand.New(rand.NewPCG(12, 8))
	for i := range all {
		waited, built := 0, 0
		for range 24 {
			d := definitionOf(&all[i], nil)
			d.Inputs = nil
			for _, name := range []string{"x", "z", "nothing", "gap", "nobody"} {
				if r.IntN(3) == 0 {
					d.Inputs = append(d.Inputs, name)
				}
			}
			if len(d.Inputs) == 0 || all.Validate(&d) != nil {
				continue
			}
			_, err := all.Build(context.Background(), d, w.grown(t, d))
			lacks, _ := model.Lacks(&d, w.evidence.Summary)
			switch {
			case err == nil && lacks == "":
				built++
			case errors.Is(err, model.ErrNotYet) && lacks != "":
				waited++
			case err == nil || lacks != "":
				t.Errorf("type %s of %q: the build says %v, and that it lacks %q", d.Type, d.Inputs, err, lacks)
			}
		}
		if waited == 0 && all[i].Type != "pool" { // which has no inputs of its own
			t.Errorf("type %s: none of the drawn models waits, and %d are built", all[i].Type, built)
		}
	}
}
