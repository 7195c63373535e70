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
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestOptionsOfTwoRoles draws options of the types that predict classes or a number: those of
// the other role are refused where the type of the target is known, by the trial and by
// the build, and while it is not known the model waits.
func TestOptionsOfTwoRoles(t *testing.T) {
	w, all := newWorld(t), catalogue.All()
	nothing := model.Evidence{Summary: modeltest.SummaryOf(t, &stats.Layout{}, &stats.Rows{})}
	other := model.Evidence{Summary: modeltest.SummaryOf(t, &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}, &stats.Rows{N: 3, Numeric: 1, Values: []float64{1, 2, 3}})}
	targets := map[string]string{"y": "continuous", "flag": "binary", "colour": "categorical"}
	r := rand.New(rand.NewPCG(3, 44))
	for i := range all {
		if !all[i].Numbers {
			continue
		}
		waited, impossible := 0, 0
		for range 30 {
			options := param.Values{}
			draw := func(name string, value any) bool {
				if r.IntN(2) == 0 {
					return false
				}
				options[name] = value
				return true
			}
			if all[i].Type == "forest" {
				draw("adapt", true)
			}
			isPool := all[i].Type == "pool" // which has intervals where its members have, and their inputs
			ofNumber := !isPool && draw("interval", "prediction")
			threshold, calibrated := draw("threshold", 0.3), draw("calibrate", []string{"platt", "isotonic", "temperature"}[r.IntN(3)])
			ofClasses := threshold || calibrated
			for target, kind := range targets {
				d := model.Definition{Name: "m", Type: all[i].Type, Target: target, Inputs: []string{"x"}, Options: options}
				if isPool {
					d.Inputs = nil
				}
				want := ofNumber
				if kind == "continuous" {
					want = ofClasses
				}
				_, build := all.Build(context.Background(), d, &w.evidence)
				declared := all.Try(context.Background(), d, &model.Declared{Kind: func(name string) string { return targets[name] }})
				open := all.Try(context.Background(), d, &model.Declared{Kind: func(string) string { return "" }})
				told := fmt.Sprintf("%+v of a %s target: build %v, trial %v, not declared %v", d, kind, build, declared, open)
				if errors.Is(build, model.ErrDefinition) != want || (declared != nil) != want || (open != nil) != (ofNumber && ofClasses) {
					t.Error(told)
				}
				if open != nil {
					impossible++
				}
				for _, e := range []*model.Evidence{&nothing, &other} {
					if _, err := all.Build(context.Background(), d, e); !errors.Is(err, model.ErrNotYet) {
						t.Errorf("%s; before the target is known: %v", told, err)
					}
					waited++
				}
			}
		}
		if waited == 0 || impossible == 0 && all[i].Type != "pool" {
			t.Errorf("%s: %d waited, %d are impossible", all[i].Type, waited, impossible)
		}
	}
}
