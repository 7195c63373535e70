package stats

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// jointLayouts are those of two projects with the same attributes in another order.
var jointLayouts = []*Layout{
	{
		Numeric:     []NumericColumn{{Name: "flag", Binary: true}, {Name: "few"}, {Name: "count"}, {Name: "x"}},
		Categorical: []CategoricalColumn{{Name: "a", Values: []string{"p", "q", "r"}}, {Name: "b", Values: []string{"s", "t"}}},
	},
	{
		Numeric:     []NumericColumn{{Name: "x"}, {Name: "count"}, {Name: "flag", Binary: true}, {Name: "few"}},
		Categorical: []CategoricalColumn{{Name: "b", Values: []string{"t", "s"}}, {Name: "tags", List: true, Values: []string{"u"}}, {Name: "a", Values: []string{"r", "p", "q"}}},
	},
}

// jointDrawn is a drawn row: by name, NaN or "" where it lacks the attribute.
type jointDrawn struct {
	numbers map[string]float64
	labels  map[string]string
	weight  float64
}

func drawJoint(r *rand.Rand) jointDrawn {
	lack := func(x float64) float64 {
		if r.IntN(8) == 0 {
			return math.NaN()
		}
		return x
	}
	label := func(values ...string) string { return values[r.IntN(len(values))] }
	return jointDrawn{
		numbers: map[string]float64{"flag": lack(float64(r.IntN(2))), "few": lack(float64(r.IntN(5)) / 2), "count": lack(float64(r.IntN(90))), "x": lack(r.NormFloat64())},
		labels:  map[string]string{"a": label("", "p", "q", "r"), "b": label("", "s", "t")},
		weight:  float64(1 + r.IntN(3)),
	}
}

// jointRows returns drawn rows under a layout.
func jointRows(l *Layout, all []jointDrawn) *Rows {
	out := &Rows{N: len(all), Numeric: len(l.Numeric), Categorical: len(l.Categorical)}
	for _, row := range all {
		for _, c := range l.Numeric {
			out.Values = append(out.Values, row.numbers[c.Name])
		}
		for i := range l.Categorical {
			code := Missing
			if label := row.labels[l.Categorical[i].Name]; label != "" {
				code = l.Categorical[i].Code(label)
			}
			out.Codes = append(out.Codes, code)
		}
		out.Weights = append(out.Weights, row.weight)
	}
	return out
}

func jointSummary(t *testing.T, l *Layout, all []jointDrawn) *Summary {
	t.Helper()
	s, err := NewSummary(SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(l, jointRows(l, all)); err != nil {
		t.Fatal(err)
	}
	return s
}

// jointByHand adds rows up by hand: the weight and the weighted sum of the counts of each
// combination of the other columns.
func jointByHand(all []jointDrawn) map[string][2]float64 {
	out := map[string][2]float64{}
	for _, row := range all {
		if y := row.numbers["count"]; !math.IsNaN(y) {
			key := fmt.Sprint(row.numbers["flag"], row.numbers["few"], row.labels["a"], row.labels["b"])
			at := out[key]
			out[key] = [2]float64{at[0] + row.weight, at[1] + row.weight*y}
		}
	}
	return out
}

// jointRead reads the same from the cells.
func jointRead(t *testing.T, s *Summary) map[string][2]float64 {
	t.Helper()
	selects := func(name string) bool { return slices.Contains([]string{"flag", "few", "a", "b"}, name) }
	of, err := s.LikelihoodOfCells(&LikelihoodSpec{Key: "k", Family: likelihood.Poisson, Target: "count", Selects: selects})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]float64{}
	number := func(v LikelihoodValue) float64 {
		if v.Kind == LikelihoodMissing {
			return math.NaN()
		}
		return v.Number
	}
	of.Rows.Each([]string{"flag", "few", "a", "b", "count"}, func(v []LikelihoodValue, w float64) {
		key := fmt.Sprint(number(v[0]), number(v[1]), v[2].Label, v[3].Label)
		at := out[key]
		out[key] = [2]float64{at[0] + w, at[1] + w*v[4].Number}
	})
	return out
}

func requireSameJoint(t *testing.T, what string, got, want map[string][2]float64) {
	t.Helper()
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		t.Fatalf("%s: combinations are %v, want %v", what, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	for key, w := range want {
		for k, x := range w {
			if math.Abs(got[key][k]-x) > 1e-9*max(1, x) {
				t.Errorf("%s: %s is %v, want %v", what, key, got[key], w)
			}
		}
	}
}

// TestJointCellsAreTheRows: however rows are split, merged, taken away again, stored and
// mapped to other layouts, the cells are those of the rows.
func TestJointCellsAreTheRows(t *testing.T) {
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 14))
		var all []jointDrawn
		for range 300 + r.IntN(700) {
			all = append(all, drawJoint(r))
		}
		cut, gone := 1+r.IntN(len(all)-1), all[:100]
		a, b := jointSummary(t, jointLayouts[seed%2], all[:cut]), jointSummary(t, jointLayouts[r.IntN(2)], all[cut:])
		if err := a.Merge(b); err != nil {
			t.Fatal(err)
		}
		requireSameJoint(t, "merged", jointRead(t, a), jointByHand(all))
		if err := a.Forget(jointLayouts[r.IntN(2)], jointRows(jointLayouts[0], nil)); err != nil && !errors.Is(err, ErrIncompatible) {
			t.Fatal(err)
		}
		if err := a.Subtract(jointSummary(t, jointLayouts[r.IntN(2)], gone)); err != nil {
			t.Fatal(err)
		}
		requireSameJoint(t, "after forgetting", jointRead(t, a), jointByHand(all[100:]))
		if err := a.Clone().(*Summary).Scale(0.5); err != nil {
			t.Fatal(err)
		}
		w := &wire.Writer{}
		a.Encode(w)
		back, err := DecodeSummary(wire.NewReader(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		requireSameJoint(t, "stored", jointRead(t, back), jointByHand(all[100:]))
		again := &wire.Writer{}
		back.Encode(again)
		if string(again.Bytes()) != string(w.Bytes()) {
			t.Error("what was read back has other bytes")
		}
		if err := back.Subtract(jointSummary(t, jointLayouts[0], gone)); !errors.Is(err, ErrNotLearned) && err != nil {
			t.Error(err)
		}
	}
}

// wideJointLayout has two continuous columns, binary ones, and categories of 2 to 32 values.
func wideJointLayout(columns int) *Layout {
	l := &Layout{}
	for i := range columns {
		l.Numeric = append(l.Numeric, NumericColumn{Name: fmt.Sprintf("x%02d", i), Binary: i > 1})
	}
	for i := range 4 {
		c := CategoricalColumn{Name: fmt.Sprintf("c%d", i)}
		for k := range 2 + 10*i {
			c.Values = append(c.Values, fmt.Sprint(k))
		}
		l.Categorical = append(l.Categorical, c)
	}
	return l
}

// TestJointCellsAreBounded: columns with many values leave, and the cells of the others
// stay exact; the error says which and why.
func TestJointCellsAreBounded(t *testing.T) {
	const columns = 40
	l := wideJointLayout(columns)
	r := rand.New(rand.NewPCG(1, 2))
	s, err := NewSummary(SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	weights := map[[2]float64]float64{}
	for range 30 {
		rows := &Rows{N: 100, Numeric: columns, Categorical: 4}
		for range rows.N {
			at := len(rows.Values)
			rows.Values = append(rows.Values, r.NormFloat64(), math.Trunc(100*r.Float64()))
			for range columns - 2 {
				rows.Values = append(rows.Values, float64(r.IntN(2)))
			}
			for i := range l.Categorical {
				rows.Codes = append(rows.Codes, int32(1+r.IntN(len(l.Categorical[i].Values))))
			}
			weights[[2]float64{rows.Values[at+2], rows.Values[at+3]}]++
		}
		if err := s.Learn(l, rows); err != nil {
			t.Fatal(err)
		}
		if n := len(s.joint.table); n > maxJointCells {
			t.Fatalf("%d cells", n)
		}
	}
	ask := func(names ...string) (*Likelihood, error) {
		return s.LikelihoodOfCells(&LikelihoodSpec{Key: "k", Family: likelihood.Logistic, Target: names[0], Selects: func(name string) bool { return slices.Contains(names[1:], name) }})
	}
	of, err := ask("x02", "x03")
	if err != nil {
		t.Fatal(err)
	}
	of.Rows.Each([]string{"x02", "x03"}, func(v []LikelihoodValue, w float64) {
		if want := weights[[2]float64{v[0].Number, v[1].Number}]; w != want {
			t.Errorf("the weight of %v is %v, want %v", v, w, want)
		}
	})
	for input, want := range map[string]string{
		"x00": `attribute "x00" has more than 32 different values`,
		"c3":  `there are more than 1024 combinations of values with attribute "c3"`,
		"x39": `attribute "x39" is no part of the combinations of values that are kept: they are of the first 32 attributes of a kind, and not of lists or computed attributes`,
	} {
		if _, err := ask("x02", input); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", input, err, want)
		}
	}
}

// TestJointSumsStayAboveZero: rounding leaves no sum below 0 when rows with weights that are
// no integers are taken away.
func TestJointSumsStayAboveZero(t *testing.T) {
	l := &Layout{Numeric: []NumericColumn{{Name: "count"}}}
	for seed := range drawn.Seeds(50) {
		r := rand.New(rand.NewPCG(seed, 32))
		draw := func(n, values int) (out []jointDrawn) {
			for range n {
				out = append(out, jointDrawn{numbers: map[string]float64{"count": float64(r.IntN(values))}, weight: 0.1 + r.Float64()})
			}
			return out
		}
		gone, kept := draw(200, 90), draw(1+r.IntN(3), 1) // what is kept has counts of 0
		s := jointSummary(t, l, append(slices.Clone(kept), gone...))
		r.Shuffle(len(gone), func(i, j int) { gone[i], gone[j] = gone[j], gone[i] })
		if err := s.Subtract(jointSummary(t, l, gone)); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.joint.table {
			for _, sums := range c.counts {
				if min(sums.weight, sums.sum, sums.logFactorial, sums.yLogY) < 0 {
					t.Errorf("%d: sums are %+v", seed, *sums)
				}
			}
		}
	}
}
