package regression_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// gappyRows are rows of numbers and a category of which so many lack no number; each number is
// constant now and then.
func gappyRows(r *rand.Rand, complete int) (*stats.Layout, *stats.Rows) {
	inputs := 1 + r.IntN(3)
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "c", Values: []string{"a", "b"}}}}
	constant := make([]bool, inputs+1)
	for k := range constant {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", k)})
		constant[k] = r.IntN(3) == 0
	}
	layout.Numeric[inputs].Name = "y"
	rows := &stats.Rows{N: complete + r.IntN(60), Numeric: inputs + 1, Categorical: 1}
	for i := range rows.N {
		common, gap := r.NormFloat64(), r.IntN(inputs+1)
		for k := range constant {
			v := common + r.NormFloat64()/9
			if constant[k] {
				v = 7
			}
			if i >= complete && k == gap {
				v = math.NaN()
			}
			rows.Values = append(rows.Values, v)
		}
		rows.Codes = append(rows.Codes, int32(1+r.IntN(2)))
	}
	return layout, rows
}

// saysWhy reports whether an error says what the rows lack: time, spread, or pairs.
func saysWhy(err error) bool {
	return errors.Is(err, model.ErrNotYet) || slices.ContainsFunc([]string{"is constant", "are too few for", "of inputs of rank"}, func(s string) bool { return strings.Contains(err.Error(), s) })
}

// TestHardlyAnyCompleteRow: beside a category, a regression is built or says what the rows lack, however few
// of them lack nothing, and where no number varies in these.
func TestHardlyAnyCompleteRow(t *testing.T) {
	all, built := catalogue.All(), 0
	for seed := range drawn.Seeds(40) {
		r := rand.New(rand.NewPCG(seed, 14))
		for complete := range 6 {
			layout, rows := gappyRows(r, complete)
			if rows.N == 0 {
				continue
			}
			s := modeltest.SummaryOf(t, layout, rows)
			for _, typ := range []string{"ols", "ridge", "lasso", "pcr", "pls", "svr"} {
				_, err := all.Build(t.Context(), model.Definition{Name: "m", Type: typ, Target: "y"}, &model.Evidence{Summary: s})
				if err == nil {
					built++
				} else if !saysWhy(err) {
					t.Errorf("seed %d, %s of %d rows, %d of them complete: %v", seed, typ, rows.N, complete, err)
				}
			}
		}
	}
	if built == 0 {
		t.Error("no regression is built")
	}
}
