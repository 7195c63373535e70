package statstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// LawLayout has columns of every kind: numeric, binary, categorical and list.
func LawLayout() *stats.Layout {
	return &stats.Layout{
		Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}, {Name: "offset"}},
		Categorical: []stats.CategoricalColumn{
			{Name: "kind", Values: []string{"a", "b", "c"}},
			{Name: "tags", List: true, Values: []string{"red", "green"}},
		},
	}
}

// LawRows returns n rows with missing values, weights of small integers, lists
// and times over ten seconds.
func LawRows(seed uint64, n int) *stats.Rows {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows := &stats.Rows{N: n, Numeric: 4, Categorical: 2}
	for i := range n {
		x := rng.NormFloat64()
		values := []float64{x, 3*x + rng.NormFloat64(), float64(rng.IntN(2)), 1e6 + rng.NormFloat64()}
		for j := range values {
			if rng.IntN(5) == 0 {
				values[j] = math.NaN()
			}
		}
		rows.Values = append(rows.Values, values...)
		rows.Codes = append(rows.Codes, int32(rng.IntN(5)-1))
		if code := rows.Codes[2*i]; code == stats.Other {
			rows.Overflow = append(rows.Overflow, stats.Overflow{Row: i, Column: 0, Value: fmt.Sprint("rare ", i%7)})
		}
		rows.Sets = append(rows.Sets, [][]int32{nil, {1}, {2}, {1, 2}}[rng.IntN(4)])
		rows.Codes = append(rows.Codes, int32(-1-len(rows.Sets)))
		rows.Weights = append(rows.Weights, float64(1+rng.IntN(3)))
		rows.Times = append(rows.Times, int64(float64(i)/float64(n)*10*float64(time.Second)))
	}
	return rows
}

// LawBinnings is one binning of each type over numeric columns of the law layout.
func LawBinnings() []stats.Binning {
	layout := LawLayout()
	var out []stats.Binning
	for i, typ := range []stats.BinningType{stats.HalfSpaceTrees, stats.Loda, stats.RSHash, stats.DensityForest, stats.LocalDensity} {
		f := stats.Binning{Type: typ, Key: "law", Seed: uint64(i + 1), Components: 5, Cells: 16}
		for k, c := range layout.Numeric {
			f.Inputs = append(f.Inputs, c.Name)
			f.Low, f.High = append(f.Low, -3), append(f.High, 3+float64(k))
		}
		out = append(out, f)
	}
	return out
}

// LawLikelihoods are uses of the law layout: one that keeps rows as they are, and two with a
// frame, of one predictor and of several.
func LawLikelihoods() []stats.LikelihoodUse {
	all := func(string) bool { return true }
	inputs := []stats.LikelihoodInput{
		{Name: "x", Centre: 0.5, Scale: 2},
		{Name: "y", Scale: 3},
		{Name: "kind", Levels: []stats.LikelihoodLevel{{Label: "b", Centre: 0.3, Scale: 0.4}, {Label: "a", Centre: 0.3, Scale: 0.4}, {Label: stats.OtherClass, Other: true, Centre: 0.1, Scale: 0.3}}},
	}
	single := &stats.LikelihoodFrame{
		Key: "single", Kernel: likelihood.Kernel{Family: likelihood.Poisson}, Target: "flag", Inputs: inputs, Scale: 1,
		Origin: []float64{0.1, 0.2, -0.1, 0, 0.3}, Point: []float64{0.2, 0.1, -0.1, 0.2, 0.1}, Epoch: 40,
	}
	classes := &stats.LikelihoodFrame{
		Key: "classes", Kernel: likelihood.Kernel{Family: likelihood.Logistic, Classes: 3}, Target: "kind", Classes: []string{"a", "b", "c"},
		Complete: true, Inputs: inputs[:1], Scale: 1, Origin: make([]float64, 4), Point: []float64{0.3, 0, -0.2, 0.1}, Epoch: 50,
	}
	return []stats.LikelihoodUse{
		{LikelihoodSpec: stats.LikelihoodSpec{Key: "rows", Family: likelihood.Logistic, Target: "kind", Selects: all, Weights: "flag", Rows: 1000}},
		{LikelihoodSpec: stats.LikelihoodSpec{Key: "single", Family: likelihood.Poisson, Target: "flag", Selects: all, Rows: 10}, Frame: single},
		{LikelihoodSpec: stats.LikelihoodSpec{Key: "classes", Family: likelihood.Logistic, Target: "kind", Selects: all, Complete: true, Rows: 10}, Frame: classes},
	}
}

// Learned returns a statistic of the maker that has learned the rows under
// [LawLayout].
func Learned(t *testing.T, maker stats.Maker, rows *stats.Rows) stats.Additive {
	t.Helper()
	a, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Learn(LawLayout(), rows); err != nil {
		t.Fatal(err)
	}
	return a
}

// RequireRoundTrip encodes a, decodes it by the maker and wants the same bytes
// again.
func RequireRoundTrip(t *testing.T, maker stats.Maker, a stats.Additive) {
	t.Helper()
	bytes := golden.Encoded(a)
	r := wire.NewReader([]byte(bytes))
	back, err := maker.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if golden.Encoded(back) != bytes {
		t.Error("encoding what was decoded gives other bytes")
	}
	for cut := 1; cut < len(bytes); cut += 1 + len(bytes)/50 {
		r := wire.NewReader([]byte(bytes[:cut]))
		if _, err := maker.Decode(r); err == nil && r.Close() == nil {
			t.Errorf("bytes cut at %d of %d are accepted", cut, len(bytes))
		}
	}
}
