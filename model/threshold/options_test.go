package threshold_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// TestParameters: every option is described and takes its default, and what is
// declared is what is read.
func TestParameters(t *testing.T) {
	all := threshold.Parameters()
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(51, 1)), Attributes: []string{"x"}}
	paramtest.Declared(t, "threshold", all)
	paramtest.Steady(t, "threshold", draws, func(r *param.Reader) { threshold.Read(r) })
	for i := range all {
		for _, wrong := range draws.Outside(&all[i]) {
			r := param.NewReader(param.Values{all[i].Name: wrong}, param.Typed)
			threshold.Read(r)
			if r.Close() == nil {
				t.Errorf("%s takes %v", all[i].Name, wrong)
			}
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		options threshold.ThresholdOptions
		wrong   string
	}{
		"defaults":       {},
		"all":            {options: threshold.ThresholdOptions{Method: "quantile", Alpha: 0.1, Quantile: 0.5, TwoSided: true, WarmUp: 1e-9}},
		"method":         {options: threshold.ThresholdOptions{Method: "mad"}, wrong: "method: mad, want one of evt, quantile"},
		"alpha":          {options: threshold.ThresholdOptions{Alpha: 0.5}, wrong: "alpha: 0.5, want a number above 0 and below 0.5"},
		"alpha of none":  {options: threshold.ThresholdOptions{Alpha: math.NaN()}, wrong: "alpha: NaN"},
		"quantile of 1":  {options: threshold.ThresholdOptions{Quantile: 1}, wrong: "initial_quantile: 1, want a number from 0.5 to below 1"},
		"warm-up before": {options: threshold.ThresholdOptions{WarmUp: -1}, wrong: "warm_up: -1, want a number above 0"},
		"warm-up of all": {options: threshold.ThresholdOptions{WarmUp: math.Inf(1)}, wrong: "warm_up: +Inf"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.options.Validate()
			if (err == nil) != (c.wrong == "") || err != nil && !strings.HasPrefix(err.Error(), c.wrong) {
				t.Errorf("error is %v, want %q", err, c.wrong)
			}
		})
	}
}
