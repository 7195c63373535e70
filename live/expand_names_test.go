package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestExpandSaysWhatItWaitsFor: an attribute that expand names and that turns out to be no
// number is told of at once, one that no row has once the others are settled, each once.
func TestExpandSaysWhatItWaitsFor(t *testing.T) {
	for feature, x := range map[string]live.Expand{
		"splines.attributes":  {Splines: []string{"price", "colour", "prise"}},
		"bins.attributes":     {Bins: []string{"price", "colour", "prise"}},
		"products.attributes": {Products: []string{"price", "colour", "prise"}},
		"products.pairs":      {Pairs: []string{"price:colour", "price:price", "price:prise"}},
		"fourier.attributes":  {Fourier: []string{"price", "colour", "prise"}},
	} {
		s := settings(true)
		s.Learn.Models = nil
		x.Rows, x.Knots, x.Count, x.MostProducts, x.Columns, x.Bandwidth = 20, 5, 2, 9, 4, 1
		s.Learn.Expand = x
		h, o := open(t, state.NewMemory(), s)
		for from := range 4 {
			var rows []string
			for i := range 15 {
				rows = append(rows, fmt.Sprintf(`{"price":%d.5,"colour":"red"}`, 15*from+i))
			}
			learnAll(t, h.Project(), batchOf(rows...))
		}
		told := strings.Join(o.warnings, "\n")
		colour, prise := feature+".1", feature+".2"
		if feature == "products.pairs" {
			colour = feature + ".0"
		}
		for _, want := range []string{
			fmt.Sprintf(`expand.%s: attribute "colour" is categorical, and columns are computed of continuous ones: none is computed of it`, colour),
			fmt.Sprintf(`expand.%s: none of 30 rows has an attribute "prise", and its columns wait for 20 values; did you mean price?`, prise),
		} {
			if n := strings.Count(told, want); n != 1 {
				t.Errorf("%s: %d times told %q:\n%s", feature, n, want, told)
			}
		}
	}
}
