package catalogue_test

import (
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// names are the attributes that options may name.
var names = []string{"x", "flag", "mark"}

// definitionOf is a definition of the type that all but its options are right for.
func definitionOf(e *model.Entry, options param.Values) model.Definition {
	d := model.Definition{Name: "m", Type: e.Type, Options: options}
	switch e.Role {
	case model.RoleRegression:
		d.Target = "y"
	case model.RoleClassification:
		d.Target = "flag"
	}
	return d
}

// TestOptions: every option of every type is described, has a default that it
// takes, is declared whatever the other values are, and refuses what is out of
// its bounds. The error names the option.
func TestOptions(t *testing.T) {
	all := catalogue.All()
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(31, 1)), Attributes: names}
	for i := range all {
		e := &all[i]
		t.Run(e.Type, func(t *testing.T) {
			options := e.Options()
			paramtest.Declared(t, e.Type, options)
			for range 20 {
				d := definitionOf(e, draws.Values(options))
				if err := all.Validate(&d); err != nil && !crossed(err) {
					t.Fatalf("%v: %v", d.Options, err)
				}
			}
			for j := range options {
				p := &options[j]
				for _, wrong := range draws.Outside(p) {
					d := definitionOf(e, param.Values{p.Name: wrong})
					if err := all.Validate(&d); !errors.Is(err, model.ErrDefinition) || !strings.Contains(err.Error(), "options."+p.Name) {
						t.Errorf("%s: %v says %v", p.Name, wrong, err)
					}
				}
			}
		})
	}
}

// crossed reports whether an error is about values that do not go with each
// other, each of which is within its bounds.
func crossed(err error) bool {
	return slices.ContainsFunc([]string{"at most max_", "power of 2", "cells together", "is the target", "is the offset", "is in `inputs`", "each name once"}, func(s string) bool { return strings.Contains(err.Error(), s) })
}

// TestOptionsAreSteady: what is declared does not depend on what is given: every
// option that is listed may be given beside any others.
func TestOptionsAreSteady(t *testing.T) {
	all := catalogue.All()
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(31, 2)), Attributes: names}
	for i := range all {
		options := all[i].Options()
		for range 50 {
			d := definitionOf(&all[i], draws.Values(options))
			for _, p := range options {
				if d.Options[p.Name] == nil {
					d.Options[p.Name] = nil // unknown unless it is declared
				}
			}
			if err := all.Validate(&d); err != nil && !crossed(err) {
				t.Fatalf("%s %v: %v", all[i].Type, d.Options, err)
			}
		}
	}
}

// TestOptionsAreReadByReaders: no model looks an option up by its name, beside the
// function that declares it.
func TestOptionsAreReadByReaders(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(source), ".Options[") {
			t.Errorf("%s looks an option up", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// setting is an option, or a setting of one that is an object.
type setting struct {
	param.Parameter
	within string // the option that is an object; empty for an option
	list   bool   // of a list of objects
}

// settingsOf are the options of a type and what is in them.
func settingsOf(e *model.Entry) []setting {
	var out []setting
	for _, p := range e.Options() {
		out = append(out, setting{Parameter: p})
		for _, f := range p.Fields {
			out = append(out, setting{Parameter: f, within: p.Name, list: p.Kind == param.KindObjects})
		}
	}
	return out
}

// with returns the options with the setting at a value, or left out for nil.
// Those of an object are drawn with the other settings of it.
func (s *setting) with(options param.Values, value any) param.Values {
	out := param.Values{}
	for name, v := range options {
		out[name] = v
	}
	into := out
	if s.within != "" {
		into = param.Values{}
		object, _ := options[s.within].(map[string]any)
		for name, v := range object {
			into[name] = v
		}
		if s.list {
			into["type"] = "ecod" // that is needed
			if s.Name == "optional" {
				into["type"] = "loda" // that has something to wait for
			}
			out[s.within] = []any{map[string]any(into), "hba"}
		} else {
			out[s.within] = map[string]any(into)
		}
	}
	if delete(into, s.Name); value != nil {
		into[s.Name] = value
	}
	return out
}

// near draws a value of a setting that is not far from its default, so that a
// model can be built with it, or one at the bounds.
func near(draws *paramtest.Draws, s *setting) any {
	r := draws.Random
	switch {
	case s.Name == "options":
		return []map[string]any{{"tails": "skewness"}, {"min_rows": 50.0}}[r.IntN(2)]
	case s.Name == "cells":
		return []int{4, 16, 64}[r.IntN(3)]
	case s.Kind == param.KindNumbers && r.IntN(2) == 0:
		return map[string]any{"0": 1 + r.Float64(), "1": 1 + r.Float64()}
	case s.Kind == param.KindObject:
		out := map[string]any{}
		for i := range s.Fields {
			if r.IntN(2) == 0 {
				out[s.Fields[i].Name] = near(draws, &setting{Parameter: s.Fields[i]})
			}
		}
		return out
	case s.Kind == param.KindObjects:
		return [][]any{{"hba"}, {"zscore", "ecod"}, {"hba", map[string]any{"type": "mahalanobis", "weight": 3.0}}}[r.IntN(3)]
	}
	fallback, isNumber := s.Default.(float64)
	if n, isInt := s.Default.(int); isInt {
		fallback, isNumber = float64(n), true
	}
	if !isNumber || s.Kind != param.KindNumber && s.Kind != param.KindInteger {
		return small(draws.Inside(&s.Parameter))
	}
	around := []float64{fallback / 10, fallback / 2, fallback * 2, fallback * 10, fallback + 0.25, fallback + 1, fallback - 1, 0.05}
	for _, bound := range []*float64{s.Min, s.Max} {
		if bound != nil && math.Abs(*bound) <= 50 {
			around = append(around, *bound)
		}
	}
	x := around[r.IntN(len(around))]
	if s.Kind == param.KindInteger {
		x = math.Round(min(x, 300))
	}
	if !s.Contains(x) {
		return s.Default
	}
	if s.Kind == param.KindInteger {
		return int(x)
	}
	return x
}

// small keeps counts that make a model slow to build in bounds.
func small(v any) any {
	if n, ok := v.(int); ok && n > 5 {
		return 1 + n%5
	}
	return v
}

// draw draws a few options other than the one in question.
func draw(draws *paramtest.Draws, settings []setting, but *setting) param.Values {
	out := param.Values{}
	for i := range settings {
		s := &settings[i]
		if s.within != "" || s.Name == but.Name || draws.Random.IntN(3) > 0 {
			continue
		}
		switch s.Name {
		case "num_lambda", "num_eta", "sample", "components":
			continue // those that take long are drawn low, below
		}
		out[s.Name] = near(draws, s)
	}
	for _, s := range settings {
		switch low := map[string]int{"num_lambda": 12, "num_eta": 3, "sample": 64, "components": 5}[s.Name]; {
		case low > 0 && s.within == "" && s.Name != but.Name:
			out[s.Name] = low
		}
	}
	return out
}

// TestDefaultsAreWhatIsDone: a model with a default spelled out is the model
// without it, to the last bit.
func TestDefaultsAreWhatIsDone(t *testing.T) {
	all, w := catalogue.All(), newWorld(t)
	for i := range all {
		e := &all[i]
		t.Run(e.Type, func(t *testing.T) {
			t.Parallel()
			draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(31, 3)), Attributes: names}
			settings := settingsOf(e)
			for j := range settings {
				s := &settings[j]
				if s.Default == nil {
					continue
				}
				compared := 0
				for n := 0; n < 4 && compared < int(drawn.Seeds(4)); n++ {
					options := draw(draws, settings, s)
					d := definitionOf(e, s.with(options, nil))
					d.Inputs = w.inputs(draws.Random, e)
					without, ok := w.said(t, d)
					d.Options = s.with(options, s.Default)
					with, also := w.said(t, d)
					if ok != also || ok && with != without {
						t.Fatalf("%s.%s: %v with its default %v:\n%.2000s\nwithout:\n%.2000s", s.within, s.Name, options, s.Default, with, without)
					}
					if ok {
						compared++
					}
				}
				if compared == 0 {
					t.Errorf("%s.%s: no drawn model can be built", s.within, s.Name)
				}
			}
		})
	}
}

// TestOptionsCount: for every option there are values with which the model
// differs from that without, or with which there is one or none; of a pool that
// follows a stream the predictions do, its chance being the same. An option that
// is declared and not used fails.
func TestOptionsCount(t *testing.T) {
	drawn.Alone(t) // TestDefaultsAreWhatIsDone builds all types at the same time
	all, w := catalogue.All(), newWorld(t)
	for i := range all {
		e := &all[i]
		t.Run(e.Type, func(t *testing.T) {
			t.Parallel()
			draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(31, 4)), Attributes: names}
			settings := settingsOf(e)
			for j := range settings {
				s := &settings[j]
				if s.Name == "calibrate" {
					continue // by whoever answers with the model: TestCalibrationOfAnyClassifier of live
				}
				of := *e
				if strings.HasPrefix(s.Description, "Of a number: ") {
					of.Role = model.RoleRegression // has a number for its target
				}
				if counts, want := w.counts(t, draws, &of, settings, s), !idle(e, s); counts != want {
					t.Errorf("%s %s changes something: %v, want %v", s.within, s.Name, counts, want)
				}
			}
		})
	}
}

// idle names the settings that change nothing: mahalanobis and pca estimate
// correlations, whose diagonal is 1, so that the targets of shrinkage are the same,
// and so is what is penalised.
func idle(e *model.Entry, s *setting) bool {
	return (e.Type == "mahalanobis" || e.Type == "pca") && s.within == "covariance" && (s.Name == "target" || s.Name == "raw")
}

// estimators have a setting of covariance each.
func estimators() map[string]string {
	return map[string]string{
		"lambda": "ridge", "target": "ridge", "alpha": "identity_mixture", "components": "eigenvalue_truncation", "share": "eigenvalue_truncation",
		"gamma": "graphical_lasso", "steps": "graphical_lasso", "min_ratio": "graphical_lasso", "raw": "graphical_lasso",
	}
}

// counts reports whether a setting changes some drawn model.
func (w *world) counts(t *testing.T, draws *paramtest.Draws, e *model.Entry, settings []setting, s *setting) bool {
	t.Helper()
	tries := 2000
	pool := e.Type == "adaptive" && s.Name != "min_rows"
	if pool {
		tries = 20 // it learns rows one by one
	}
	if s.Name == "optional" { // it is about what waits for rows to be counted
		uncounted := *w
		uncounted.uncounted, w = true, &uncounted
	}
	if idle(e, s) {
		tries = 15
	}
	for range tries {
		options := draw(draws, settings, s)
		if estimator := estimators()[s.Name]; s.within == "covariance" && estimator != "" {
			options[s.within] = map[string]any{"estimator": estimator}
			if s.Name == "raw" {
				options[s.within] = map[string]any{"estimator": estimator, "lambda": 0.3}
			}
		}
		value := near(draws, s)
		if pool {
			value = few(draws, options, s, value)
		}
		d := definitionOf(e, s.with(options, nil))
		d.Inputs = w.inputs(draws.Random, e)
		without, ok := w.said(t, d)
		d.Options = s.with(options, value)
		with, also := w.said(t, d)
		if pool { // what it predicts must differ, not only what it says of itself
			without, with = predictions(without), predictions(with)
		}
		if (ok || also) && with != without {
			return true
		}
	}
	return false
}

// few makes options of which few tries are enough: with few trees, an interval where the
// setting is about it, and another value than the default.
func few(draws *paramtest.Draws, options param.Values, s *setting, value any) any {
	if s.Name != "trees" {
		options["trees"] = 2
	}
	if s.Name == "confidence" {
		options["interval"] = "prediction"
	}
	for range 100 {
		if value != s.Default {
			break
		}
		value = near(draws, s)
	}
	return value
}

// predictions are what follows the description.
func predictions(said string) string {
	_, out, _ := strings.Cut(said, "\n")
	return out
}
