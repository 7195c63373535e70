package stats_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func precisions() []stats.Precision { return []stats.Precision{stats.Extended, stats.Double} }

func comomentTolerance(p stats.Precision) float64 {
	if p == stats.Extended {
		return extendedTolerance
	}
	return doubleTolerance
}

// learnComoments adds the rows in blocks of the given size.
func learnComoments(t testing.TB, p stats.Precision, dim int, values, weights []float64, block int) *stats.Comoments {
	t.Helper()
	c := stats.NewComoments(dim, p)
	n := len(values) / dim
	for from := 0; from < n; from += block {
		to := min(from+block, n)
		var w []float64
		if weights != nil {
			w = weights[from:to]
		}
		if err := c.AddBlock(values[from*dim:to*dim], to-from, w); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestComomentsAgainstExactArithmetic(t *testing.T) {
	const n = 3000
	for _, c := range tortureCases() {
		values := c.rows(n)
		for _, weights := range [][]float64{nil, randomWeights(n)} {
			want := newComomentReference(values, tortureDim, weights)
			for _, p := range precisions() {
				for _, block := range []int{1, 37, 128, n} {
					t.Run(fmt.Sprintf("%s/%v/blocks of %d/weights %v", c.name, p, block, weights != nil), func(t *testing.T) {
						got := learnComoments(t, p, tortureDim, values, weights, block)
						if e := want.worst(got); !(e <= comomentTolerance(p)) {
							t.Errorf("off by %.2g, tolerance %.2g", e, comomentTolerance(p))
						}
					})
				}
			}
		}
	}
}

// TestComomentsInParts splits the rows at random, merges the parts, takes a
// part away again and scales.
func TestComomentsInParts(t *testing.T) {
	const n, parts = 2000, 7
	for _, c := range tortureCases() {
		values := c.rows(n)
		weights := randomWeights(n)
		want := newComomentReference(values, tortureDim, weights)
		half := newComomentReference(values[:n/2*tortureDim], tortureDim, weights[:n/2])
		for _, p := range precisions() {
			t.Run(fmt.Sprintf("%s/%v", c.name, p), func(t *testing.T) {
				r := rand.New(rand.NewPCG(15, 16))
				part := make([]*stats.Comoments, parts)
				for i := range part {
					part[i] = stats.NewComoments(tortureDim, p)
				}
				for k := range n {
					err := part[r.IntN(parts)].AddBlock(values[k*tortureDim:(k+1)*tortureDim], 1, weights[k:k+1])
					if err != nil {
						t.Fatal(err)
					}
				}
				sum := stats.NewComoments(tortureDim, p)
				for _, x := range part {
					before := encodeComoments(x)
					if err := sum.Merge(x); err != nil {
						t.Fatal(err)
					}
					if encodeComoments(x) != before {
						t.Fatal("Merge changed its operand")
					}
				}
				if e := want.worst(sum); !(e <= comomentTolerance(p)) {
					t.Errorf("merged: off by %.2g", e)
				}
				gone := learnComoments(t, p, tortureDim, values[n/2*tortureDim:], weights[n/2:], 100)
				if err := sum.Subtract(gone); err != nil {
					t.Fatal(err)
				}
				if e := half.worst(sum) / forgetting(half, want); !(e <= comomentTolerance(p)) {
					t.Errorf("subtracted: off by %.2g", e)
				}
				if err := sum.Scale(0.25); err != nil {
					t.Fatal(err)
				}
				i, j := 1, 3
				if e := math.Abs(sum.Comoment(i, j)-fromBig(half.como[j][i])/4) / half.scale(i, j) / forgetting(half, want); e > comomentTolerance(p) {
					t.Errorf("scaled: off by %.2g", e)
				}
			})
		}
	}
}

// forgetting returns by how much the scale of what was there exceeds that of
// what is left: rounding is relative to the former.
func forgetting(left, whole *comomentReference) float64 {
	f := 1.0
	for i := range left.dim {
		if v := fromBig(left.como[i][i]); v > 0 {
			f = max(f, fromBig(whole.como[i][i])/v)
		}
	}
	return f
}

func encodeComoments(c *stats.Comoments) string {
	w := wire.NewWriter(nil)
	c.Encode(w)
	return string(w.Bytes())
}

func TestComomentsLaws(t *testing.T) {
	c := tortureCases()[3]
	values := c.rows(300)
	for _, p := range precisions() {
		t.Run(p.String(), func(t *testing.T) {
			full := learnComoments(t, p, tortureDim, values, nil, 128)
			state := encodeComoments(full)

			t.Run("empty is neutral", func(t *testing.T) {
				if err := full.Merge(stats.NewComoments(tortureDim, p)); err != nil || encodeComoments(full) != state {
					t.Errorf("on the right: %v", err)
				}
				left := stats.NewComoments(tortureDim, p)
				if err := left.Merge(full); err != nil || encodeComoments(left) != state {
					t.Errorf("on the left: %v", err)
				}
				if err := full.Subtract(stats.NewComoments(tortureDim, p)); err != nil || encodeComoments(full) != state {
					t.Errorf("subtracted: %v", err)
				}
			})
			t.Run("mismatch is refused", func(t *testing.T) {
				requireMismatch(t, full, stats.NewComoments(4, p), stats.NewComoments(tortureDim, 1-p))
			})
			t.Run("subtracting itself resets", func(t *testing.T) {
				x := full.Clone()
				if err := x.Subtract(full); err != nil || encodeComoments(x) != encodeComoments(stats.NewComoments(tortureDim, p)) {
					t.Errorf("%v, weight %v", err, x.Weight())
				}
				if err := x.AddBlock(values[:tortureDim], 1, nil); err != nil || x.Mean(0) != values[0] {
					t.Errorf("%v, mean %v", err, x.Mean(0))
				}
			})
			t.Run("round trip", func(t *testing.T) {
				r := wire.NewReader([]byte(state))
				x := stats.DecodeComoments(r)
				if err := r.Close(); err != nil || encodeComoments(x) != state {
					t.Errorf("%v", err)
				}
			})
			t.Run("columns are selected", func(t *testing.T) {
				x, err := full.Select([]int32{4, 1})
				if err != nil || x.Dim() != 2 || x.Comoment(0, 1) != full.Comoment(1, 4) || x.Mean(0) != full.Mean(4) {
					t.Errorf("%v: %+v", err, x)
				}
				if _, err := full.Select([]int32{5}); !errors.Is(err, stats.ErrIncompatible) {
					t.Errorf("%v", err)
				}
			})
			t.Run("bad input is refused", func(t *testing.T) { requireRefusals(t, full, values[:tortureDim]) })
		})
	}
}

// requireMismatch requires that statistics of another shape are neither merged nor
// subtracted, nor more rows than there are subtracted, and that nothing changes.
func requireMismatch(t *testing.T, c *stats.Comoments, others ...*stats.Comoments) {
	t.Helper()
	before := encodeComoments(c)
	for _, o := range others {
		if err := c.Merge(o); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("merge: %v", err)
		}
		if err := c.Subtract(o); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("subtract: %v", err)
		}
	}
	more := c.Clone()
	if err := more.Merge(c); err != nil {
		t.Fatal(err)
	}
	if err := c.Subtract(more); !errors.Is(err, stats.ErrNotLearned) {
		t.Errorf("subtract more: %v", err)
	}
	if encodeComoments(c) != before {
		t.Error("receiver changed")
	}
}

// requireRefusals requires that values and weights out of range, factors that are none
// and rows that are too short are refused, and change nothing.
func requireRefusals(t *testing.T, c *stats.Comoments, row []float64) {
	t.Helper()
	before := encodeComoments(c)
	for _, bad := range []float64{math.NaN(), math.Inf(1), 2 * stats.MaxMagnitude} {
		if err := c.AddBlock([]float64{1, 2, 3, 4, bad}, 1, nil); err == nil {
			t.Errorf("value %v was taken", bad)
		}
	}
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if err := c.AddBlock(row, 1, []float64{bad}); err == nil {
			t.Errorf("weight %v was taken", bad)
		}
		if err := c.Scale(bad); err == nil {
			t.Errorf("factor %v was taken", bad)
		}
	}
	if err := c.AddBlock(row[:len(row)-1], 1, nil); !errors.Is(err, stats.ErrIncompatible) {
		t.Errorf("%v", err)
	}
	if encodeComoments(c) != before {
		t.Error("receiver changed")
	}
}

// goldenRows are whole numbers with whole means in each block of four rows, so
// that the sums are exact whichever kernel the machine runs.
func goldenRows() []float64 {
	return []float64{
		1, 8, 1000, -3, 0,
		2, 6, 1002, -3, 4,
		3, 0, 1008, -3, 0,
		2, 2, 1002, -3, 12,
	}
}

func TestComomentsGolden(t *testing.T) {
	for _, p := range precisions() {
		t.Run(p.String(), func(t *testing.T) {
			empty := stats.NewComoments(tortureDim, p)
			golden.Check(t, "comoments_v1_"+p.String()+"_empty.bin", []byte(encodeComoments(empty)))
			filled := learnComoments(t, p, tortureDim, goldenRows(), nil, 4)
			golden.Check(t, "comoments_v1_"+p.String()+".bin", []byte(encodeComoments(filled)))
		})
	}
}

func TestComomentsReadOuts(t *testing.T) {
	// x = 1 2 3 4, y = 2 4 6 9: by hand
	values := []float64{1, 2, 2, 4, 3, 6, 4, 9}
	for _, p := range precisions() {
		c := learnComoments(t, p, 2, values, nil, 2)
		cases := []struct {
			name      string
			got, want float64
		}{
			{name: "weight", got: c.Weight(), want: 4},
			{name: "mean", got: c.Mean(1), want: 5.25},
			{name: "co-moment", got: c.Comoment(0, 1), want: 11.5},
			{name: "co-moment the other way", got: c.Comoment(1, 0), want: 11.5},
			{name: "covariance of the sample", got: c.Covariance(0, 1, 1), want: 11.5 / 3},
			{name: "variance of the population", got: c.Covariance(0, 0, 0), want: 1.25},
			{name: "correlation", got: c.Correlation(0, 1), want: 11.5 / math.Sqrt(5*26.75)},
		}
		for _, k := range cases {
			if math.Abs(k.got-k.want) > 4e-16*math.Abs(k.want) {
				t.Errorf("%v: %s is %v, want %v", p, k.name, k.got, k.want)
			}
		}
		empty := stats.NewComoments(2, p)
		for name, x := range map[string]float64{
			"mean": empty.Mean(0), "covariance": empty.Covariance(0, 1, 0), "correlation": empty.Correlation(0, 1),
			"covariance without freedom": c.Covariance(0, 1, 4),
		} {
			if !math.IsNaN(x) {
				t.Errorf("%v: %s is %v, want NaN", p, name, x)
			}
		}
	}
}

// TestComomentsOfColumns takes rows and columns out of a wider block, in every
// way that AddColumns takes differently, and updates moments on the way.
func TestComomentsOfColumns(t *testing.T) {
	const n, stride = 400, 9
	values := scaledColumns(n, stride)
	some := []int32{0, 1, 2, 3, 50, 51, 60, 399, 7}
	run := []int32{10, 11, 12, 13, 14}
	cases := []struct {
		name          string
		columns, rows []int32
		weights       []float64
	}{
		{name: "neighbours", columns: []int32{2, 3, 4, 5, 6, 7}},
		{name: "apart", columns: []int32{0, 2, 4, 6, 7, 8}},
		{name: "one", columns: []int32{8}},
		{name: "none", columns: []int32{}},
		{name: "some rows", columns: []int32{0, 1, 2, 3, 4, 5, 6, 7, 8}, rows: some},
		{name: "a run of rows", columns: []int32{1, 2, 3, 4, 5}, rows: run},
		{name: "weighted rows apart", columns: []int32{0, 3, 5}, rows: some, weights: randomWeights(n)},
		{name: "weighted", columns: []int32{0, 1, 2, 3, 4}, weights: randomWeights(n)},
		{name: "no rows", columns: []int32{0, 1}, rows: []int32{}},
	}
	for _, c := range cases {
		for _, p := range precisions() {
			t.Run(c.name+"/"+p.String(), func(t *testing.T) {
				dim := len(c.columns)
				got, want := stats.NewComoments(dim, p), stats.NewComoments(dim, stats.Extended)
				moments, single := make([]*stats.Moments, dim), make([]*stats.Moments, dim)
				for i := range moments {
					moments[i], single[i] = stats.NewMoments(), stats.NewMoments()
				}
				if err := got.AddColumns(values, stride, c.columns, c.rows, n, c.weights, moments); err != nil {
					t.Fatal(err)
				}
				rows := rowsOr(c.rows, n)
				for _, k := range rows {
					w := []float64{1}
					if c.weights != nil {
						w[0] = c.weights[k]
					}
					var row []float64
					for i, j := range c.columns {
						row = append(row, values[int(k)*stride+int(j)])
						if err := single[i].Add(row[i], w[0]); err != nil {
							t.Fatal(err)
						}
					}
					if err := want.AddBlock(row, 1, w); err != nil {
						t.Fatal(err)
					}
				}
				requireCloseComoments(t, got, want)
				for i := range dim {
					if moments[i].Min() != single[i].Min() && len(rows) > 0 || moments[i].Max() != single[i].Max() && len(rows) > 0 {
						t.Errorf("column %d from %v to %v", i, moments[i].Min(), moments[i].Max())
					}
					requireCloseSums(t, i, moments[i], single[i])
				}
			})
		}
	}
}

// scaledColumns draws n rows; column j has a standard deviation of j + 1.
func scaledColumns(n, stride int) []float64 {
	r := rand.New(rand.NewPCG(17, 18))
	values := make([]float64, n*stride)
	for i := range values {
		values[i] = r.NormFloat64() * float64(1+i%stride)
	}
	return values
}

// rowsOr returns the rows, or the first n where none are named.
func rowsOr(rows []int32, n int) []int32 {
	if rows != nil {
		return rows
	}
	for k := range n {
		rows = append(rows, int32(k))
	}
	return rows
}

// requireCloseComoments requires the weight and the co-moments of want.
func requireCloseComoments(t *testing.T, got, want *stats.Comoments) {
	t.Helper()
	if math.Abs(got.Weight()-want.Weight()) > 1e-15*want.Weight() {
		t.Fatalf("weight %v, want %v", got.Weight(), want.Weight())
	}
	for i := range want.Dim() {
		for j := range i + 1 {
			scale := math.Sqrt(want.Comoment(i, i) * want.Comoment(j, j))
			if math.Abs(got.Comoment(i, j)-want.Comoment(i, j)) > doubleTolerance*scale {
				t.Errorf("co-moment %d, %d is %v, want %v", i, j, got.Comoment(i, j), want.Comoment(i, j))
			}
		}
	}
}

// requireCloseSums requires the central sums of values that were added one by one.
func requireCloseSums(t *testing.T, column int, got, single *stats.Moments) {
	t.Helper()
	for k := 2; k <= 4; k++ {
		a, b := got.CentralSum(k), single.CentralSum(k)
		scale := math.Pow(got.Stddev(0), float64(k)) * got.Weight()
		if math.Abs(a-b) > momentTolerance*scale {
			t.Errorf("central sum %d of column %d is %v, added one by one %v", k, column, a, b)
		}
	}
}

func TestComomentsRefuseColumns(t *testing.T) {
	values, moments := make([]float64, 20), []*stats.Moments{stats.NewMoments()}
	cases := []struct {
		name          string
		stride, n     int
		columns, rows []int32
		weights       []float64
		moments       []*stats.Moments
	}{
		{name: "too few columns", stride: 5, n: 4, columns: []int32{0}},
		{name: "column past the row", stride: 5, n: 4, columns: []int32{0, 5}},
		{name: "negative column", stride: 5, n: 4, columns: []int32{-1, 0}},
		{name: "row past the block", stride: 5, n: 4, columns: []int32{0, 1}, rows: []int32{4}},
		{name: "negative row", stride: 5, n: 4, columns: []int32{0, 1}, rows: []int32{-1}},
		{name: "too few values", stride: 5, n: 5, columns: []int32{0, 1}},
		{name: "too few weights", stride: 5, n: 4, columns: []int32{0, 1}, weights: []float64{1}},
		{name: "too few moments", stride: 5, n: 4, columns: []int32{0, 1}, moments: moments},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x := stats.NewComoments(2, stats.Extended)
			err := x.AddColumns(values, c.stride, c.columns, c.rows, c.n, c.weights, c.moments)
			if !errors.Is(err, stats.ErrIncompatible) || !x.Empty() {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestComomentsInOtherPrecision(t *testing.T) {
	c := tortureCases()[1]
	values := c.rows(500)
	want := newComomentReference(values, tortureDim, nil)
	extended := learnComoments(t, stats.Extended, tortureDim, values, nil, 100)
	for _, p := range precisions() {
		x := extended.As(stats.Double).As(p)
		if e := want.worst(x); x.Precision() != p || e > doubleTolerance {
			t.Errorf("%v: off by %g", p, e)
		}
	}
	if got := stats.Double.String() + " " + stats.Precision(9).String(); got != "double precision(9)" {
		t.Errorf("precisions are called %s", got)
	}
}

// FuzzDecodeComoments: a decoder never panics, and what it takes is written
// again as it was and can be merged.
func FuzzDecodeComoments(f *testing.F) {
	for _, p := range precisions() {
		c := stats.NewComoments(3, p)
		f.Add([]byte(encodeComoments(c)))
		f.Add([]byte(encodeComoments(learnComoments(f, p, 3, []float64{1, 2, 3, 4, 6, 5}, nil, 1))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		c := stats.DecodeComoments(r)
		if r.Close() == nil && encodeComoments(c) != string(data) {
			t.Errorf("%x became %x", data, encodeComoments(c))
		}
		if c.Dim() < 100 {
			_ = c.Merge(c.Clone())
			_ = c.AddBlock(make([]float64, c.Dim()), 1, nil)
		}
	})
}
