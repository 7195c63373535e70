package stats

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// fixedColumns are columns that are known.
type fixedColumns struct{ layout *Layout }

func (c fixedColumns) Known() *Layout           { return c.layout }
func (c fixedColumns) Newest() (*Layout, error) { return c.layout, nil }

// drawnLayout draws columns of every sort.
func drawnLayout(r *rand.Rand) *Layout {
	l := &Layout{}
	for i := range 2 + r.IntN(5) {
		l.Numeric = append(l.Numeric, NumericColumn{Name: fmt.Sprint("n", i), Binary: r.IntN(3) == 0})
	}
	for i := range 1 + r.IntN(4) {
		l.Categorical = append(l.Categorical, CategoricalColumn{Name: fmt.Sprint("c", i), List: r.IntN(4) == 0, Values: []string{"u", "v", "w"}})
	}
	return l
}

// drawnBlock draws rows with missing values, weights or none.
func drawnBlock(r *rand.Rand, l *Layout, n int) *Rows {
	rows := &Rows{N: n, Numeric: len(l.Numeric), Categorical: len(l.Categorical)}
	for range n {
		for _, c := range l.Numeric {
			switch {
			case r.IntN(5) == 0:
				rows.Values = append(rows.Values, math.NaN())
			case c.Binary:
				rows.Values = append(rows.Values, float64(r.IntN(2)))
			default:
				rows.Values = append(rows.Values, 10*r.NormFloat64())
			}
		}
		for i := range l.Categorical {
			if l.Categorical[i].List && r.IntN(2) == 0 {
				rows.Sets = append(rows.Sets, []int32{1, 3})
				rows.Codes = append(rows.Codes, -1-int32(len(rows.Sets)))
				continue
			}
			rows.Codes = append(rows.Codes, int32(r.IntN(5))-1)
		}
	}
	return rows
}

// drawnTypes draws other types for some columns of a layout, which come last then,
// and returns which numeric and categorical columns stay.
func drawnTypes(r *rand.Rand, l *Layout) (current *Layout, numeric, categorical []int) {
	current = &Layout{Retyped: map[string]bool{}}
	var again Layout
	for i, c := range l.Numeric {
		switch r.IntN(4) {
		case 0:
			again.Categorical = append(again.Categorical, CategoricalColumn{Name: c.Name, Values: []string{"u", "v", "w"}})
		case 1:
			again.Numeric = append(again.Numeric, NumericColumn{Name: c.Name, Binary: !c.Binary})
		default:
			numeric = append(numeric, i)
			current.Numeric = append(current.Numeric, c)
		}
	}
	for i, c := range l.Categorical {
		switch r.IntN(4) {
		case 0:
			again.Numeric = append(again.Numeric, NumericColumn{Name: c.Name})
		case 1:
			again.Categorical = append(again.Categorical, CategoricalColumn{Name: c.Name, List: !c.List, Values: []string{"u", "v", "w"}})
		default:
			categorical = append(categorical, i)
			current.Categorical = append(current.Categorical, c)
		}
	}
	for _, c := range again.Numeric {
		current.Retyped[c.Name] = true
	}
	for _, c := range again.Categorical {
		current.Retyped[c.Name] = true
	}
	current.Numeric = append(current.Numeric, again.Numeric...)
	current.Categorical = append(current.Categorical, again.Categorical...)
	return current, numeric, categorical
}

// onlyColumns returns the rows with some of their columns.
func onlyColumns(rows *Rows, numeric, categorical []int) *Rows {
	out := &Rows{N: rows.N, Numeric: len(numeric), Categorical: len(categorical), Sets: rows.Sets}
	for i := range rows.N {
		for _, j := range numeric {
			out.Values = append(out.Values, rows.Row(i)[j])
		}
		for _, j := range categorical {
			out.Codes = append(out.Codes, rows.RowCodes(i)[j])
		}
	}
	return out
}

// TestRetypedColumnsBeginAnew draws columns, rows and other types for some of the
// columns. A summary that is read under these says of all others to the last digit
// what one says that never had the retyped columns, and learns on.
func TestRetypedColumnsBeginAnew(t *testing.T) {
	for seed := range drawn.Seeds(200) {
		r := rand.New(rand.NewPCG(seed, 77))
		layout := drawnLayout(r)
		options := SummaryOptions{MaxPatterns: []int{1, 3, 64}[r.IntN(3)], ExtendedUpTo: []int{0, -1, 3}[r.IntN(3)], ConditionalBins: []int{0, 16}[r.IntN(2)]}
		current, numeric, categorical := drawnTypes(r, layout)
		kept := &Layout{}
		for _, i := range numeric {
			kept.Numeric = append(kept.Numeric, layout.Numeric[i])
		}
		for _, i := range categorical {
			kept.Categorical = append(kept.Categorical, layout.Categorical[i])
		}
		had, err := NewSummary(options)
		mustDo(t, err)
		never, err := NewSummary(options)
		mustDo(t, err)
		for range 3 {
			rows := drawnBlock(r, layout, 40)
			mustDo(t, had.Learn(layout, rows))
			mustDo(t, never.Learn(kept, onlyColumns(rows, numeric, categorical)))
		}
		var w wire.Writer
		had.Encode(&w)
		read, err := SummaryMaker{Options: options, Columns: fixedColumns{current}}.Decode(wire.NewReader(w.Bytes()))
		mustDo(t, err)
		after, ok := read.(*Summary)
		if !ok {
			t.Fatalf("seed %d: a %T", seed, read)
		}
		for range 2 {
			requireSameKept(t, fmt.Sprint("seed ", seed), after, never, len(numeric), len(categorical))
			rows := drawnBlock(r, current, 20) // learns on, under the new types
			mustDo(t, after.Learn(current, rows))
			mustDo(t, never.Learn(current, rows))
		}
	}
}

// requireSameKept compares what two summaries say of the first columns.
func requireSameKept(t *testing.T, name string, got, want *Summary, numeric, categorical int) {
	t.Helper()
	const rounding = 1e-12 // blocks that become one are added in another order
	if got.Weight() != want.Weight() {
		t.Errorf("%s: %v rows, want %v", name, got.Weight(), want.Weight())
	}
	for i := range numeric {
		if !sameBytes(got.Moments(i).Encode, want.Moments(i).Encode) && math.Abs(got.Moments(i).Mean()-want.Moments(i).Mean()) > rounding {
			t.Errorf("%s: column %d has mean %v, want %v", name, i, got.Moments(i).Mean(), want.Moments(i).Mean())
		}
		if !sameBytes(got.Histogram(i).Encode, want.Histogram(i).Encode) {
			t.Errorf("%s: column %d has another histogram", name, i)
		}
		for j := range i + 1 {
			g, w := got.Pair(i, j), want.Pair(i, j)
			if g.N != w.N || math.Abs(g.Covariance(1)-w.Covariance(1)) > rounding*max(1, math.Abs(w.Covariance(1))) {
				t.Errorf("%s: columns %d and %d have covariance %v of %v rows, want %v of %v", name, i, j, g.Covariance(1), g.N, w.Covariance(1), w.N)
			}
		}
	}
	for i := range categorical {
		if !sameBytes(got.Categories(i).Encode, want.Categories(i).Encode) || got.Present(i) != want.Present(i) {
			t.Errorf("%s: categorical column %d has other counts", name, i)
		}
		for j := range numeric {
			for code := range int32(4) {
				g, w := got.GivenCategory(i).Cell(code, j).Weight, want.GivenCategory(i).Cell(code, j).Weight
				if g != w {
					t.Errorf("%s: %v rows of column %d given code %d of %d, want %v", name, g, j, code, i, w)
				}
			}
		}
		for j := range i {
			if !sameBytes(got.Contingency(j, i).Encode, want.Contingency(j, i).Encode) {
				t.Errorf("%s: categorical columns %d and %d have another table", name, j, i)
			}
		}
	}
}

func sameBytes(a, b func(*wire.Writer)) bool {
	var x, y wire.Writer
	a(&x)
	b(&y)
	return bytes.Equal(x.Bytes(), y.Bytes())
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
