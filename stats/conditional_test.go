package stats_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cellTolerance is how far a cell's M2 may be off, relative to M2: the sums
// are in double-double, what is left is the rounding to float64 at the end.
const cellTolerance = 1e-15

// conditionalRow is a row as AddRow takes it.
type conditionalRow struct {
	code   int32
	values []float64
	weight float64
}

func conditionalRows(seed uint64, n int) []conditionalRow {
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]conditionalRow, n)
	for i := range out {
		code := rng.Int32N(4)
		out[i] = conditionalRow{
			code:   code,
			values: []float64{rng.NormFloat64() + float64(code), 1e6 + rng.NormFloat64(), math.Exp(rng.NormFloat64())},
			weight: float64(1 + rng.IntN(3)),
		}
		if rng.IntN(4) == 0 {
			out[i].values[rng.IntN(3)] = stats.NotANumber
		}
	}
	return out
}

func conditionalOf(t testing.TB, rows []conditionalRow) *stats.Conditional {
	t.Helper()
	c := stats.NewConditional()
	for _, r := range rows {
		if err := c.AddRow(r.code, r.values, r.weight); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// sameCells compares all cells within cellTolerance.
func sameCells(t *testing.T, what string, want, got *stats.Conditional) {
	t.Helper()
	if want.Codes() != got.Codes() || want.Columns() != got.Columns() {
		t.Errorf("%s: %d codes and %d columns, want %d and %d", what, got.Codes(), got.Columns(), want.Codes(), want.Columns())
	}
	for code := range int32(want.Codes()) {
		for j := range want.Columns() {
			w, g := want.Cell(code, j), got.Cell(code, j)
			if w.Weight != g.Weight || math.Abs(w.Mean-g.Mean) > cellTolerance*math.Abs(w.Mean) || math.Abs(w.M2-g.M2) > cellTolerance*w.M2 {
				t.Errorf("%s: code %d column %d is %+v, want %+v", what, code, j, g, w)
			}
		}
	}
}

func TestConditionalLaws(t *testing.T) {
	rows := conditionalRows(1, 900)
	l := stats.MergeLaws[*stats.Conditional]{
		Empty: stats.NewConditional, Decode: stats.DecodeConditional, Whole: conditionalOf(t, rows),
		Parts: [3]*stats.Conditional{conditionalOf(t, rows[:300]), conditionalOf(t, rows[300:301]), conditionalOf(t, rows[301:])},
		Same:  sameCells,
	}
	stats.RequireMergeLaws(t, l)
	stats.RequireScaleLaws(t, l)
}

// exactCell is weight, mean and M2 of a column given a code in big arithmetic.
func exactCell(rows []conditionalRow, code int32, column int) (weight, mean, m2 float64) {
	const precision = 400
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
	w, s, q := number(0), number(0), number(0)
	for _, r := range rows {
		x := r.values[column]
		if r.code != code || math.IsNaN(x) {
			continue
		}
		wx := number(r.weight)
		w.Add(w, wx)
		wx.Mul(wx, number(x))
		s.Add(s, wx)
		q.Add(q, wx.Mul(wx, number(x)))
	}
	if w.Sign() == 0 {
		return 0, 0, 0
	}
	m := number(0).Quo(s, w)
	q.Sub(q, number(0).Mul(m, s))
	weight, _ = w.Float64()
	mean, _ = m.Float64()
	m2, _ = q.Float64()
	return weight, mean, m2
}

func TestConditionalAgainstBig(t *testing.T) {
	shifted := func(by float64) []conditionalRow {
		rows := conditionalRows(2, 2000)
		for i := range rows {
			for j := range rows[i].values {
				rows[i].values[j] += by
			}
		}
		return rows
	}
	outlier := shifted(0)
	outlier[0].values = []float64{1e9, -1e9, 1e9}
	weighted := shifted(3)
	for i := range weighted {
		weighted[i].weight = 0.1 + float64(i%7)/3
	}
	constant := shifted(0)
	for i := range constant {
		constant[i].values = []float64{0.1, 1e8 + 0.1, -7}
	}
	cases := []struct {
		name string
		rows []conditionalRow
	}{
		{name: "as is", rows: shifted(0)},
		{name: "offset 1e6", rows: shifted(1e6)},
		{name: "offset 1e8", rows: shifted(1e8)},
		{name: "first row an outlier of 1e9", rows: outlier},
		{name: "fractional weights", rows: weighted},
		{name: "constant", rows: constant},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			whole := conditionalOf(t, c.rows)
			split := conditionalOf(t, c.rows[1234:])
			if err := split.Merge(conditionalOf(t, c.rows[:1234])); err != nil {
				t.Fatal(err)
			}
			for code := range int32(5) {
				for j := range 3 {
					weight, mean, m2 := exactCell(c.rows, code, j)
					// M2 of constants is what is left of the squares
					scale := max(m2, weight*mean*mean*0x1p-80)
					for what, got := range map[string]stats.Cell{"whole": whole.Cell(code, j), "split": split.Cell(code, j)} {
						if math.Abs(got.Weight-weight) > cellTolerance*weight || math.Abs(got.Mean-mean) > cellTolerance*math.Abs(mean) || math.Abs(got.M2-m2) > cellTolerance*scale {
							t.Errorf("%s, code %d column %d: %v %v %v, want %v %v %v", what, code, j, got.Weight, got.Mean, got.M2, weight, mean, m2)
						}
					}
				}
			}
		})
	}
}

func TestConditionalMapped(t *testing.T) {
	rows := conditionalRows(3, 300)
	o := conditionalOf(t, rows)
	codes, columns := []int32{0, 2, 1, 5}, []int32{3, 0, 1}
	moved := make([]conditionalRow, len(rows))
	for i, r := range rows {
		moved[i] = conditionalRow{code: codes[r.code], values: []float64{r.values[1], r.values[2], stats.NotANumber, r.values[0]}, weight: r.weight}
	}
	own := conditionalOf(t, moved[:50])
	got := own.Clone()
	if err := got.MergeMapped(o, codes, columns); err != nil {
		t.Fatal(err)
	}
	want := own.Clone()
	if err := want.Merge(conditionalOf(t, moved)); err != nil {
		t.Fatal(err)
	}
	sameCells(t, "mapped", want, got)
	if err := got.SubtractMapped(o, codes, columns); err != nil {
		t.Fatal(err)
	}
	sameCells(t, "mapped and back", own, got)

	before := golden.Encoded(got)
	for _, bad := range []struct{ codes, columns []int32 }{
		{codes: []int32{0, 1}}, {columns: []int32{0}}, {codes: []int32{0, -1, 2, 3}}, {columns: []int32{0, 1, -1}},
	} {
		if err := got.MergeMapped(o, bad.codes, bad.columns); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
		if err := got.SubtractMapped(o, bad.codes, bad.columns); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
	}
	if golden.Encoded(got) != before {
		t.Error("a refused operation had an effect")
	}
}

// Columns and codes may appear mid-stream.
func TestConditionalGrows(t *testing.T) {
	c := stats.NewConditional()
	for i, values := range [][]float64{{1}, {2, 5}, {stats.NotANumber, 7, 9}} {
		if err := c.AddRow(int32(i), values, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.AddRow(0, []float64{3, 4, 11}, 2); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		code   int32
		column int
		want   stats.Cell
	}{
		{name: "old cell", code: 0, column: 0, want: stats.Cell{Weight: 3, Mean: 7.0 / 3, M2: 8.0 / 3}},
		{name: "new column of an old code", code: 0, column: 2, want: stats.Cell{Weight: 2, Mean: 11}},
		{name: "missing number", code: 2, column: 0},
		{name: "code without rows", code: 3, column: 0},
		{name: "negative code", code: -1, column: 0},
		{name: "column without values", code: 0, column: 3},
		{name: "negative column", code: 0, column: -1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got := c.Cell(tc.code, tc.column)
			if got.Weight != tc.want.Weight || got.Mean != tc.want.Mean || math.Abs(got.M2-tc.want.M2) > cellTolerance*tc.want.M2 {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestConditionalBadInput(t *testing.T) {
	c := conditionalOf(t, conditionalRows(4, 10))
	before := golden.Encoded(c)
	for _, x := range []float64{stats.Infinity, -stats.Infinity, 2 * stats.MaxMagnitude} {
		if c.AddRow(0, []float64{1, x}, 1) == nil {
			t.Errorf("value %v was taken", x)
		}
	}
	if c.AddRow(0, []float64{1}, 1e200) == nil {
		t.Error("weight 1e200 was taken")
	}
	if c.Scale(1e300) != nil && golden.Encoded(c) != before {
		t.Error("a refused scale had an effect")
	}
}

func TestConditionalGolden(t *testing.T) {
	c := stats.NewConditional()
	for i := range 12 {
		x := float64(i)
		values := []float64{x / 7, 1e9 + x/3, stats.NotANumber, -x * x}
		if err := c.AddRow(int32(i*i%5), values[:2+i%3], 1+x/4); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, "conditional_v2_mixed.bin", []byte(golden.Encoded(c)))
}

// FuzzDecodeConditional: no panic; bytes that are taken are those that the
// result encodes to; merging and reading work on what was decoded.
func FuzzDecodeConditional(f *testing.F) {
	f.Add([]byte{0, 0})
	f.Add([]byte(golden.Encoded(conditionalOf(f, conditionalRows(5, 1)))))
	f.Add([]byte(golden.Encoded(conditionalOf(f, conditionalRows(5, 20)))))
	f.Add([]byte{255, 255, 3, 255, 255, 3})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		c := stats.DecodeConditional(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(c); got != string(in) {
			t.Fatalf("% x encodes to % x", in, got)
		}
		sum := conditionalOf(t, conditionalRows(6, 3))
		if err := sum.Merge(c); err != nil {
			t.Fatal(err)
		}
		for code := range int32(c.Codes()) {
			for j := range c.Columns() {
				if cell := c.Cell(code, j); !(cell.Weight >= 0) || cell.M2 < 0 {
					t.Fatalf("cell %+v", cell)
				}
			}
		}
	})
}

func BenchmarkConditionalAddRow(b *testing.B) {
	const columns = 9
	values := stats.Normals(1, 1000*columns, 10, 3)
	c := stats.NewConditional()
	b.ReportAllocs()
	for i := range b.N {
		row := values[i%1000*columns:]
		if err := c.AddRow(int32(i&7), row[:columns], 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/columns, "ns/cell")
}
