package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// kinds is a project that is drawn: the types of its attributes, which of them are
// declared, and what is learned of them.
type kinds struct {
	of       map[string]string
	declared map[string]bool
	trial    model.Declared
	evidence model.Evidence
}

// drawKinds draws a project of six attributes and learns 300 rows.
func drawKinds(t *testing.T, r *rand.Rand) *kinds {
	t.Helper()
	k := &kinds{of: map[string]string{}, declared: map[string]bool{}}
	layout := &stats.Layout{}
	all := []string{"continuous", "continuous", "binary", "categorical", "list", "timestamp", "ignore"}
	names := []string{"a", "b", "c", "d", "e", "f"}
	everything := r.IntN(2) == 0
	for _, name := range names {
		kind := all[r.IntN(len(all))]
		k.of[name], k.declared[name] = kind, everything || kind == "ignore" || r.IntN(2) == 0
		switch kind {
		case "categorical", "list":
			layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: name, List: kind == "list", Values: []string{"u", "v", "w"}})
		case "ignore":
		default:
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name, Binary: kind == "binary"})
		}
	}
	k.trial.Kind = func(name string) string {
		if k.declared[name] {
			return k.of[name]
		}
		return ""
	}
	if by := names[r.IntN(len(names))]; r.IntN(2) == 0 && (k.of[by] == "binary" || k.of[by] == "categorical") {
		k.trial.Partition = by
	}
	if of := names[r.IntN(len(names))]; k.of[of] == "continuous" {
		k.trial.Powers = []string{of}
		for _, column := range []string{model.PowerColumn(of, 1), model.JacobianColumn(of)} {
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: column})
		}
	}
	k.learn(t, r, layout)
	return k
}

func (k *kinds) learn(t *testing.T, r *rand.Rand, layout *stats.Layout) {
	rows := &stats.Rows{}
	rows.Reset(len(layout.Numeric), len(layout.Categorical))
	rows.N = 300
	for range rows.N {
		for _, c := range layout.Numeric {
			x := math.Exp(r.NormFloat64())
			if c.Binary {
				x = float64(r.IntN(2))
			}
			rows.Values = append(rows.Values, x)
		}
		for range layout.Categorical {
			rows.Codes = append(rows.Codes, 1+int32(r.IntN(3)))
		}
	}
	k.evidence.Summary = modeltest.SummaryOf(t, layout, rows)
	if by := k.trial.Partition; by != "" {
		k.evidence.Partition = &model.Partition{Attribute: by}
		numeric, categorical := layout.NumericIndex(by), layout.CategoricalIndex(by)
		values := []string{"0", "1"}
		if categorical >= 0 {
			values = layout.Categorical[categorical].Values
		}
		for v, value := range values {
			part := &stats.Rows{}
			part.Reset(rows.Numeric, rows.Categorical)
			for i := range rows.N {
				if numeric >= 0 && rows.Row(i)[numeric] == float64(v) || categorical >= 0 && rows.RowCodes(i)[categorical] == int32(v+1) {
					part.Append(rows, i)
				}
			}
			k.evidence.Partition.Values = append(k.evidence.Partition.Values, value)
			k.evidence.Partition.Summaries = append(k.evidence.Partition.Summaries, modeltest.SummaryOf(t, layout, part))
		}
	}
}

// definition draws one of a type: target, inputs and products of them.
func (k *kinds) definition(r *rand.Rand, e *model.Entry) model.Definition {
	names := []string{"a", "b", "c", "d", "e", "f"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	d := model.Definition{Name: "m", Type: e.Type}
	if e.Target {
		d.Target = names[0]
	}
	if by := k.trial.Partition; d.Type == "qda" && by != "" && r.IntN(2) == 0 {
		at := slices.Index(names, by)
		names[0], names[at] = names[at], names[0]
		d.Target = by
	}
	switch r.IntN(5) {
	case 0:
	case 1:
		d.Inputs = []string{"[a-d]"}
	default:
		d.Inputs = names[1 : 2+r.IntN(4)]
	}
	if r.IntN(8) == 0 {
		d.Inputs = append(slices.Clone(d.Inputs), d.Target)
	}
	if r.IntN(6) == 0 && len(d.Inputs) > 1 {
		d.Inputs = append(d.Inputs, d.Inputs[0]+":"+d.Inputs[1])
	}
	if e.Type == "pls" && r.IntN(2) == 0 {
		d.Options = map[string]any{"q": 1 + r.IntN(4)}
	}
	if e.Type == "ensemble" && r.IntN(2) == 0 {
		d.Options = map[string]any{"label": names[5]}
	}
	return d
}

// TestTrialIsTheBuild: what a trial refuses no build of rows of these types can make, and
// what a build refuses for ever a trial refuses, where all attributes are declared.
func TestTrialIsTheBuild(t *testing.T) {
	all, refused, taken := catalogue.All(), map[string]int{}, map[string]int{}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 21))
		k := drawKinds(t, r)
		for n := range 4 * len(all) { // of each type four, as few drawn pools are valid
			i := n / 4
			if n%4 > 0 && all[i].Type != "pool" {
				continue
			}
			d := k.definition(r, &all[i])
			if all.Validate(&d) != nil {
				continue
			}
			trial := all.Try(context.Background(), d, &k.trial)
			_, build := all.Build(context.Background(), d, &k.evidence)
			told := func() string {
				return fmt.Sprintf("seed %d: %+v of %v, declared %v, partition %q, powers %q: trial %v, build %v", seed, d, k.of, k.declared, k.trial.Partition, k.trial.Powers, trial, build)
			}
			never := errors.Is(build, model.ErrDefinition) || errors.Is(build, model.ErrNotHeld)
			if trial != nil && strings.Contains(trial.Error(), "ignore") {
				never = k.ignores(&d) // it would wait for the attribute for ever, or never use it
			}
			switch {
			case trial != nil && !never:
				t.Error(told())
			case trial == nil && never && k.allDeclared():
				t.Error(told())
			}
			if trial != nil {
				refused[d.Type]++
			} else {
				taken[d.Type]++
			}
		}
	}
	for i := range all {
		if typ := all[i].Type; taken[typ] == 0 || all[i].Target && refused[typ] == 0 {
			t.Errorf("of type %s %d definitions are taken and %d refused", typ, taken[typ], refused[typ])
		}
	}
	t.Logf("taken: %v, refused: %v", taken, refused)
}

// ignores reports whether a definition names an attribute that is declared as ignored.
func (k *kinds) ignores(d *model.Definition) bool {
	return slices.ContainsFunc(append([]string{d.Target}, d.Inputs...), func(name string) bool {
		return k.declared[name] && k.of[name] == "ignore"
	})
}

// allDeclared reports whether all attributes are declared.
func (k *kinds) allDeclared() bool {
	for name := range k.of {
		if !k.declared[name] {
			return false
		}
	}
	return true
}
