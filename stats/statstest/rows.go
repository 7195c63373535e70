package statstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
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
	for i, typ := range []stats.BinningType{stats.HalfSpaceTrees, stats.Loda, stats.RSHash, stats.DensityForest} {
		f := stats.Binning{Type: typ, Key: "law", Seed: uint64(i + 1), Components: 5, Cells: 16}
		for k, c := range layout.Numeric {
			f.Inputs = append(f.Inputs, c.Name)
			f.Low, f.High = append(f.Low, -3), append(f.High, 3+float64(k))
		}
		out = append(out, f)
	}
	return out
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
