package explore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// args are the arguments of a question.
type args = map[string]any

// ask returns the answer as its reader gets it: decoded from JSON.
func ask(t *testing.T, s *stats.Summary, question string, a args) any {
	t.Helper()
	answer, err := tryAsk(t, s, question, a)
	if err != nil {
		t.Fatalf("%s%v: %v", question, a, err)
	}
	return answer
}

// tryAsk is ask for questions that may be refused.
func tryAsk(t *testing.T, s *stats.Summary, question string, a args) (any, error) {
	t.Helper()
	q, err := explore.Lookup(question)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := q.AskOf(context.Background(), s, a)
	if err != nil {
		return nil, err
	}
	var out any
	if err := json.Unmarshal([]byte(requireJSON(t, answer)), &out); err != nil {
		t.Fatal(err)
	}
	return out, nil
}

// numberAt is the number at a path of an answer, NaN for null.
func numberAt(t *testing.T, answer any, path string) float64 {
	t.Helper()
	switch v := at(answer, path).(type) {
	case float64:
		return v
	case nil:
		return math.NaN()
	default:
		t.Fatalf("%s is %v, want a number", path, v)
		return 0
	}
}

// bruteDigits is how far an answer may be from a computation over the rows in
// float64, relative to the size that the case names.
const bruteDigits = 1e-9

// near compares a number with what the rows give; NaN is null. Scale is the size
// of what cancelled, 0 for none.
func near(t *testing.T, label string, got, want, scale float64) {
	t.Helper()
	if math.IsNaN(got) && math.IsNaN(want) {
		return
	}
	if !(math.Abs(got-want) <= bruteDigits*max(math.Abs(want), scale)) {
		t.Errorf("%s is %.17g, want %.17g", label, got, want)
	}
}

// drawn is a random table and a summary that has learned it.
type drawn struct {
	name    string
	layout  *stats.Layout
	rows    *stats.Rows
	weights []float64 // as they count in the summary
	s       *stats.Summary
	numeric map[string][]float64 // NaN for missing
	texts   map[string][]string  // of categories and binaries; "?" for missing
}

// missingText is the text of a category that a row lacks.
const missingText = "?"

// ways are how a summary comes to know the rows. Each must give the same
// answers.
func ways() []string { return []string{"plain", "weighted", "halves", "forgotten", "merged"} }

// draws calls test with random tables of several sizes, learned in all ways.
func draws(t *testing.T, seed uint64, sizes []int, test func(t *testing.T, d *drawn, r *rand.Rand)) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 4))
	for _, n := range sizes {
		for _, way := range ways() {
			d := draw(t, n, way, r)
			t.Run(d.name, func(t *testing.T) { test(t, d, r) })
		}
	}
}

// draw makes a table of n rows: numbers x, y (depends on x), z (far from 0) and
// constant, binaries flag and flag2, categories k and k2. Each value but that of
// constant is missing in a tenth of the rows.
func draw(t *testing.T, n int, way string, r *rand.Rand) *drawn {
	t.Helper()
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "z"}, {Name: "constant"}, {Name: "flag", Binary: true}, {Name: "flag2", Binary: true}},
		Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a", "b", "c"}}, {Name: "k2", Values: []string{"<b>", "d"}}},
	}
	d := &drawn{name: fmt.Sprintf("%s %d", way, n), layout: layout, rows: drawRows(n, r)}
	if way == "weighted" {
		for range n {
			d.rows.Weights = append(d.rows.Weights, []float64{0.25, 1, 2, 3.5}[r.IntN(4)])
		}
	}
	d.weights = make([]float64, n)
	for i := range n {
		d.weights[i] = d.rows.Weight(i)
	}
	d.s = d.learn(t, way, r)
	d.numeric, d.texts = map[string][]float64{}, map[string][]string{}
	for j, c := range layout.Numeric {
		for i := range n {
			v := d.rows.Row(i)[j]
			d.numeric[c.Name] = append(d.numeric[c.Name], v)
			if c.Binary {
				d.texts[c.Name] = append(d.texts[c.Name], strings.Replace(fmt.Sprint(v), "NaN", missingText, 1))
			}
		}
	}
	for j, c := range layout.Categorical {
		for i := range n {
			text := missingText
			if code := d.rows.RowCodes(i)[j]; code > 0 {
				text = c.Values[code-1]
			}
			d.texts[c.Name] = append(d.texts[c.Name], text)
		}
	}
	return d
}

// drawRows draws the rows. Numbers are multiples of 1/4, so that the histograms
// are exact.
func drawRows(n int, r *rand.Rand) *stats.Rows {
	rows := &stats.Rows{N: n, Numeric: 6, Categorical: 2}
	quarters := func(v float64) float64 { return math.Round(4*v) / 4 }
	gap := func() bool { return r.IntN(10) == 0 }
	for range n {
		x := quarters(r.NormFloat64())
		k := r.IntN(3)
		values := []float64{x, quarters(x/2 + r.NormFloat64() + float64(k)), quarters(1000 + 20*r.NormFloat64() - x), 7, float64(r.IntN(2)), float64(r.IntN(3) / 2)}
		for j, v := range values {
			if j != 3 && gap() {
				v = math.NaN()
			}
			rows.Values = append(rows.Values, v)
		}
		for _, code := range []int{k + 1, 1 + r.IntN(2)} {
			if gap() {
				code = -1
			}
			rows.Codes = append(rows.Codes, int32(code))
		}
	}
	return rows
}

// learn learns the rows in one of the ways; "halves" gives the earlier ones half
// the weight, as a frequency: decayed_test.go has weights that decay.
func (d *drawn) learn(t *testing.T, way string, r *rand.Rand) *stats.Summary {
	t.Helper()
	if way == "plain" || way == "weighted" {
		return learned(t, d.layout, d.rows)
	}
	if way == "halves" {
		for i := range d.rows.N / 2 {
			d.weights[i] /= 2
		}
		d.rows.Weights = d.weights
		return learned(t, d.layout, d.rows)
	}
	n := d.rows.N
	first, second := d.rows.Select(0, n/2), d.rows.Select(n/2, n)
	s := learned(t, d.layout, &first)
	var err error
	switch way {
	case "forgotten":
		// The extra rows are some of the others, so that extremes and the
		// resolution of histograms, which do not go back, stay.
		err = s.Learn(d.layout, &second)
		if err == nil && n > 0 {
			extra := d.rows.Select(0, 1+r.IntN(n))
			if err = s.Learn(d.layout, &extra); err == nil {
				err = s.Forget(d.layout, &extra)
			}
		}
	case "merged":
		err = s.Merge(learned(t, d.layout, &second))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sums are the weight, mean and sum of squared deviations of some numbers, NaN
// left out, by the textbook in two passes.
func sums(x, w []float64) (n, mean, m2 float64) {
	total := 0.0
	for i, v := range x {
		if !math.IsNaN(v) {
			n += w[i]
			total += w[i] * v
		}
	}
	mean = total / n
	for i, v := range x {
		if !math.IsNaN(v) {
			m2 += w[i] * (v - mean) * (v - mean)
		}
	}
	return n, mean, m2
}

// over is a / b, NaN unless b is above 0.
func over(a, b float64) float64 {
	if !(b > 0) {
		return math.NaN()
	}
	return a / b
}

// where returns the numbers of the rows in which the texts have the value; the
// others become NaN.
func where(x []float64, texts []string, value string) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = math.NaN()
		if texts[i] == value {
			out[i] = x[i]
		}
	}
	return out
}
