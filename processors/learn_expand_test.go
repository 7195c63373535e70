package processors_test

import (
	"strings"
	"testing"
)

// TestWrongExpand: wrong settings of what is computed, and of the features of models, are
// refused before anything is read, with an error that names the field and the value.
func TestWrongExpand(t *testing.T) {
	const learn = "sml_learn: { project: p, cache: sml_state, "
	for _, c := range []struct {
		name, processor string
		want            []string
	}{
		{name: "few knots", processor: learn + "expand: { splines: { attributes: [ x ], knots: 2 } } }", want: []string{"expand.splines.knots is 2", "3 to 64"}},
		{name: "basis", processor: learn + "expand: { splines: { attributes: [ x ], basis: cubic } } }", want: []string{"cubic", "not a valid option"}},
		{name: "one bin", processor: learn + "expand: { bins: { attributes: [ x ], bins: 1 } } }", want: []string{"expand.bins.bins is 1"}},
		{name: "pair of one", processor: learn + "expand: { products: { pairs: [ x ] } } }", want: []string{"expand.products.pairs.0", "colon"}},
		{name: "no product", processor: learn + "expand: { products: { attributes: [ x ], max: 0 } } }", want: []string{"expand.products.max is 0"}},
		{name: "odd columns", processor: learn + "expand: { fourier: { attributes: [ x ], columns: 3 } } }", want: []string{"expand.fourier.columns is 3", "even"}},
		{name: "bandwidth", processor: learn + "expand: { fourier: { attributes: [ x ], bandwidth: 0 } } }", want: []string{"expand.fourier.bandwidth is 0"}},
		{name: "expand by no row", processor: learn + "expand: { rows: 1, bins: { attributes: [ x ] } } }", want: []string{"expand.rows is 1"}},
		{name: "expand a bad pattern", processor: learn + "expand: { bins: { attributes: [ '[' ] } } }", want: []string{"expand.bins.attributes.0"}},
		{name: "splines of a category", processor: learn + "attributes: { x: categorical }, expand: { splines: { attributes: [ y, x ] } } }", want: []string{"expand.splines.attributes.1", `"x" is declared as categorical`, "continuous"}},
		{name: "bins of what is ignored", processor: learn + "attributes: { 'x*': ignore }, expand: { bins: { attributes: [ x1 ] } } }", want: []string{"expand.bins.attributes.0", `"x1" is declared as ignore`}},
		{name: "pair with a list", processor: learn + "attributes: { x: list }, expand: { products: { pairs: [ 'y:x' ] } } }", want: []string{"expand.products.pairs.0", `"x" is declared as list`}},
		{name: "unknown feature", processor: learn + "models: [ { name: m, type: ridge, target: y, features: [ spline ] } ] }", want: []string{"features.0", `"spline"`, "splines"}},
		{name: "feature twice", processor: learn + "models: [ { name: m, type: ridge, target: y, features: [ linear, linear ] } ] }", want: []string{"features.1", "twice"}},
		{name: "features of histograms", processor: learn + "models: [ { name: m, type: hba, features: [ splines ] } ] }", want: []string{"features", "hba", "linear"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := refused(t, c.processor)
			if err == nil {
				t.Fatal("was taken")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error is %v, want it to contain %q", err, w)
				}
			}
		})
	}
}
