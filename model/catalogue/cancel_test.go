package catalogue_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// patience is a context that ends when it has been asked often enough.
type patience struct {
	context.Context
	asked atomic.Int64
	last  int64
}

func (p *patience) Err() error {
	if p.asked.Add(1) > p.last {
		return context.Canceled
	}
	return nil
}

// TestBuildsEndWithTheirContext: wherever a build of drawn options is cancelled,
// it fails with the error of its context and gives no model.
func TestBuildsEndWithTheirContext(t *testing.T) {
	w, all := newWorld(t), catalogue.All()
	draws := &paramtest.Draws{Random: rand.New(rand.NewPCG(37, 1)), Attributes: names}
	for i := range all {
		e := &all[i]
		t.Run(e.Type, func(t *testing.T) {
			for range 12 {
				d := definitionOf(e, draws.Values(e.Options()))
				d.Inputs = w.inputs(draws.Random, e)
				whole := &patience{Context: context.Background(), last: 1 << 62}
				if _, err := all.Build(whole, d, &w.evidence); err != nil {
					continue
				}
				for range 3 {
					cut := &patience{Context: context.Background(), last: draws.Random.Int64N(whole.asked.Load())}
					m, err := all.Build(cut, d, &w.evidence)
					if m != nil || !errors.Is(err, context.Canceled) {
						t.Fatalf("%v, cut at %d of %d: model %v, %v", d.Options, cut.last, whole.asked.Load(), m, err)
					}
				}
			}
		})
	}
}

// TestLongLoopsAskTheirContext: what can take long asks its context as it goes on,
// at least once for each step of the loop.
func TestLongLoopsAskTheirContext(t *testing.T) {
	w, all := newWorld(t), catalogue.All()
	anomaly, regression := []string{"x", "z", "y"}, []string{"x", "z"}
	cases := map[string]struct {
		d     model.Definition
		steps int64
	}{
		"graphical lasso, by penalty": {model.Definition{Type: "mahalanobis", Inputs: anomaly, Options: param.Values{"covariance": map[string]any{"estimator": "graphical_lasso", "steps": 40.0}}}, 40},
		"elastic net, by grid":        {model.Definition{Type: "elastic_net", Target: "y", Inputs: regression, Options: param.Values{"aicc": true, "num_lambda": 50.0, "num_eta": 7.0}}, 350},
		"lasso, by path":              {model.Definition{Type: "lasso", Target: "y", Inputs: regression, Options: param.Values{"path": true, "num_lambda": 60.0}}, 60},
		"ensemble, by drawn row":      {model.Definition{Type: "ensemble", Inputs: anomaly}, 500},
		"folds":                       {model.Definition{Type: "ols", Target: "y", Inputs: regression}, 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.d.Name = "m"
			ctx := &patience{Context: context.Background(), last: 1 << 62}
			if _, err := all.Build(ctx, c.d, &w.evidence); err != nil {
				t.Fatal(err)
			}
			if n := ctx.asked.Load(); n < c.steps {
				t.Errorf("asked %d times, want at least %d", n, c.steps)
			}
		})
	}
}
