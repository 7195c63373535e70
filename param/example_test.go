package param_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// penalty is what a model can be told.
type penalty struct {
	eta  float64
	grid string
}

// readPenalty declares the options and reads them.
func readPenalty(r *param.Reader) penalty {
	return penalty{
		eta:  r.Number("eta", 0.5, param.Between(0, 1), "The share of the lasso."),
		grid: r.Choice("grid", "coarse", []string{"coarse", "fine"}, "How many values are tried."),
	}
}

// What is declared is listed, read and checked by the same function.
func Example() {
	for _, p := range param.List(func(r *param.Reader) { readPenalty(r) }) {
		fmt.Printf("%s: %s\n", p.Name, p.Help())
	}
	for _, given := range []param.Values{nil, {"eta": 1, "grid": "fine"}, {"eta": 3}, {"alpha": 1}} {
		r := param.NewReader(given, param.Typed)
		o := readPenalty(r)
		if err := r.Close(); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(o.eta, o.grid)
	}
	// Output:
	// eta: The share of the lasso. A number from 0 to 1; default `0.5`.
	// grid: How many values are tried. One of `coarse`, `fine`; default `coarse`.
	// 0.5 coarse
	// 1 fine
	// eta: 3, want a number from 0 to 1
	// alpha: unknown name (there are eta, grid)
}
