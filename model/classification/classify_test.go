package classification_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// summedUp is the tolerance of sums of the same terms in another order.
const summedUp = 1e-12

// classifierKinds are all types that predict a class, with options under which
// they can be built from iris.
func classifierKinds() map[string]map[string]any {
	return map[string]map[string]any{"lda": nil, "qda": nil, "naive_bayes": nil, "svm": nil}
}

func TestClassifierCatalogue(t *testing.T) {
	kinds := classifierKinds()
	kinds["adaptive"] = nil // which learns row by row: adaptive_test.go of live
	kinds["forest"] = nil   // by forest_test.go, as it counts rows
	kinds["pool"] = nil     // which is mixed of others: pool_test.go of live
	kinds["logistic"] = nil // which needs a likelihood: logistic_test.go
	for _, entry := range catalogue.All() {
		_, tested := kinds[entry.Type]
		if (entry.Role == model.RoleClassification) != tested {
			t.Errorf("type %s: role %s, tested here %v", entry.Type, entry.Role, tested)
		}
	}
}

// TestClassifierContributions: the parts of the inputs and the prior term make
// up the log odds of the predicted class and the most probable other one.
func TestClassifierContributions(t *testing.T) {
	table := modeltest.ReadClasses(t, "species", "classic/iris.csv")
	e := table.Evidence(t, "species", 0, table.Rows.N)
	priors := map[string]any{"setosa": 1.0, "versicolor": 2.0, "virginica": 5.0}
	for kind := range classifierKinds() {
		t.Run(kind, func(t *testing.T) {
			options := map[string]any{}
			if kind != "svm" {
				options["priors"] = priors
			}
			m := classifier(t, e, kind, "species", options)
			var r, atMeans model.Result
			means := make([]float64, 4)
			for i := range means {
				means[i] = e.Summary.Moments(i).Mean()
			}
			m.Predict(means, []int32{stats.Missing}, &atMeans)
			for i := range table.Rows.N {
				m.Predict(table.Rows.Row(i), nil, &r)
				p := slices.Clone(r.Probabilities)
				total := p[0] + p[1] + p[2]
				own, ownBase := math.Log(p[r.Class]), math.Log(atMeans.Probabilities[r.Class])
				p[r.Class] = -1
				other := slices.Index(p, slices.Max(p))
				prior := math.Log(priors[m.Classes()[r.Class]].(float64) / priors[m.Classes()[other]].(float64))
				if kind == "svm" {
					prior = ownBase - math.Log(atMeans.Probabilities[other])
				}
				sum := 0.0
				for _, c := range r.Contributions {
					sum += c
				}
				odds := own - math.Log(p[other])
				if math.Abs(total-1) > summedUp {
					t.Fatalf("row %d: probabilities add up to %v", i, total)
				}
				if math.IsInf(odds, 0) {
					continue // below the range of a float64
				}
				const rounding = 1e-9 // of densities whose logarithms are in the hundreds
				if math.Abs(sum+prior-odds) > rounding*max(1, math.Abs(odds)) {
					t.Fatalf("row %d: contributions add up to %v, the log odds less the prior's are %v", i, sum, odds-prior)
				}
			}
		})
	}
}

// TestClassifierRefusals: definitions and data that cannot make a model.
func TestClassifierRefusals(t *testing.T) {
	table := refusalTable(t)
	whole := table.Evidence(t, "c", 0, table.Rows.N)
	onlyU := table.Evidence(t, "c", 0, 4)
	few := table.Evidence(t, "c", 2, table.Rows.N) // two rows of u
	nothing := &model.Evidence{Summary: modeltest.SummaryOf(t, table.Layout, &stats.Rows{Numeric: 6, Categorical: 1})}
	unpartitioned := &model.Evidence{Summary: whole.Summary}
	for _, c := range []struct {
		name, kind, target string
		inputs             []string
		options            map[string]any
		evidence           *model.Evidence
		want               string // "" for none
	}{
		{name: "good", kind: "lda", inputs: []string{"x", "y"}},
		{name: "unknown input", kind: "lda", inputs: []string{"x", "z"}, want: `inputs.1: unknown attribute "z"`},
		{name: "unknown target", kind: "lda", target: "z", want: `unknown attribute "z"`},
		{name: "continuous target", kind: "lda", target: "x", want: `target "x" is continuous`},
		{name: "target among the inputs", kind: "lda", inputs: []string{"x", "c"}, want: `"c" is the target`},
		{name: "one class", kind: "lda", inputs: []string{"x"}, evidence: onlyU, want: `one class only: "u"`},
		{name: "no rows", kind: "lda", inputs: []string{"x"}, evidence: nothing, want: `no row has the target "c"`},
		{name: "aliased", kind: "lda", inputs: []string{"x", "y", "twice"}, want: `is a combination of`},
		{name: "constant", kind: "lda", inputs: []string{"x", "flat"}, want: `"flat" is constant`},
		{name: "separation", kind: "lda", inputs: []string{"x", "inside"}, want: `"inside" is constant within the classes but differs between classes, which it separates perfectly`},
		{name: "pseudo-inverse", kind: "lda", inputs: []string{"x", "y", "twice", "flat"}, options: map[string]any{"pseudo_inverse": true}},
		{name: "shrinking", kind: "lda", inputs: []string{"x", "twice", "inside"}, options: map[string]any{"covariance": "oas"}},
		{name: "not partitioned", kind: "qda", inputs: []string{"x", "y"}, evidence: unpartitioned, want: "not partitioned"},
		{name: "more inputs than rows", kind: "qda", inputs: []string{"x", "y"}, evidence: few, want: `class "u" of target "c" has 2 rows for 2 inputs`},
		{name: "separation of qda", kind: "qda", inputs: []string{"x", "inside"}, want: `"inside" is constant of class "u"`},
		{name: "pooled", kind: "qda", inputs: []string{"x", "y"}, evidence: few, options: map[string]any{"pooling": 0.5}},
		{name: "svm of aliased inputs", kind: "svm", inputs: []string{"x", "twice", "flat", "inside"}},
		{name: "naive Bayes of constants", kind: "naive_bayes", inputs: []string{"x", "flat", "inside", "b"}},
		{name: "no input", kind: "naive_bayes", inputs: []string{"q*"}, want: "match no attribute"},
		{name: "priors", kind: "lda", inputs: []string{"x"}, options: map[string]any{"priors": map[string]any{"u": 1.0}}, want: `class "v" of target "c" has rows and no weight`},
		{name: "prior of 0", kind: "lda", inputs: []string{"x"}, options: map[string]any{"priors": map[string]any{"u": 0.0}}, want: "options.priors.u: 0"},
		{name: "priors by name", kind: "naive_bayes", inputs: []string{"x"}, options: map[string]any{"priors": "x"}, want: "options.priors: x, want an object of numbers, each above 0, or observed, uniform"},
		{name: "priors of svm", kind: "svm", inputs: []string{"x"}, options: map[string]any{"priors": "uniform"}, want: "options.priors"},
		{name: "threshold", kind: "lda", inputs: []string{"x"}, options: map[string]any{"threshold": 2.0}, want: "options.threshold: 2"},
		{name: "pooling", kind: "qda", inputs: []string{"x"}, options: map[string]any{"pooling": -1.0}, want: "options.pooling: -1"},
		{name: "nu", kind: "svm", inputs: []string{"x"}, options: map[string]any{"nu": 0.0}, want: "options.nu: 0"},
		{name: "laplace", kind: "naive_bayes", inputs: []string{"x"}, options: map[string]any{"laplace": "x"}, want: "options.laplace: x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := model.Definition{Name: "m", Type: c.kind, Target: c.target, Inputs: c.inputs, Options: c.options}
			if d.Target == "" {
				d.Target = "c"
			}
			e := c.evidence
			if e == nil {
				e = whole
			}
			requireBuild(t, d, e, c.want)
		})
	}
	_, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "lda", Target: "x"}, whole)
	if !errors.Is(err, model.ErrDefinition) {
		t.Errorf("error of a continuous target is %v, want ErrDefinition", err)
	}
}

// refusalTable has attributes with which models fail: twice = 2 x; flat is constant;
// inside is constant within the classes. The first four rows are of class u.
func refusalTable(t *testing.T) *modeltest.ClassTable {
	return modeltest.ClassTableOf(t, "c", []string{"x", "y", "twice", "flat", "inside", "b", "c"}, [][]string{
		{"1", "2", "2", "7", "1", "0", "u"}, {"2", "1", "4", "7", "1", "0", "u"}, {"3.5", "2", "7", "7", "1", "1", "u"}, {"2", "2.5", "4", "7", "1", "0", "u"},
		{"3", "4", "6", "7", "2", "1", "v"}, {"4", "3.5", "8", "7", "2", "1", "v"}, {"5", "6", "10", "7", "2", "1", "v"}, {"4.5", "4", "9", "7", "2", "0", "v"},
	})
}

// requireBuild requires that a model is built and is sane, or the error.
func requireBuild(t *testing.T, d model.Definition, e *model.Evidence, want string) {
	t.Helper()
	m, err := catalogue.All().Build(context.Background(), d, e)
	if want != "" {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("error is %v, want one with %q", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	requireSane(t, m)
}

// requireSane predicts rows of every kind of strangeness and describes the
// model.
func requireSane(t *testing.T, m model.Model) {
	t.Helper()
	var r model.Result
	for _, values := range [][]float64{
		nil, {1}, {1, 2, 3, 4, 5, 1, 7, 8}, {math.NaN(), math.NaN()}, {math.Inf(1), math.Inf(-1), 1, 1, 1, 1},
		{1e300, -1e300, 1e300, 1e300, 1e300, 0.5},
	} {
		for _, codes := range [][]int32{nil, {stats.Missing}, {0}, {99}} {
			m.Predict(values, codes, &r)
			sum := 0.0
			for _, p := range r.Probabilities {
				sum += p
			}
			if !(math.Abs(sum-1) < summedUp) || r.Class < 0 || r.Class >= len(r.Probabilities) {
				t.Errorf("%v gives class %d and %v", values, r.Class, r.Probabilities)
			}
		}
	}
	if _, err := json.Marshal(m.Describe()); err != nil {
		t.Error(err)
	}
}

// TestClassifierThreshold: a lower threshold finds more of the rare class.
func TestClassifierThreshold(t *testing.T) {
	table := modeltest.ReadClasses(t, "target", modeltest.BankFolder+"bank3.csv.gz")
	e := table.Evidence(t, "target", 0, table.Rows.N)
	e.Partition = nil
	recall := map[string]float64{}
	for name, threshold := range map[string]any{"none": 0.0, "half": 0.5, "tenth": 0.1, "balanced": "balanced"} {
		m := classifier(t, e, "lda", "target", map[string]any{"pseudo_inverse": true, "threshold": threshold})
		var found, all float64
		var r model.Result
		for i := range table.Rows.N {
			if table.Class[i] == "1" {
				m.Predict(table.Rows.Row(i), nil, &r)
				all++
				found += float64(r.Class)
			}
		}
		recall[name] = found / all
	}
	t.Logf("recall by threshold: %v", recall)
	if recall["none"] != recall["half"] || !(recall["tenth"] > recall["balanced"]) || !(recall["balanced"] > recall["half"]) {
		t.Errorf("recall by threshold is %v", recall)
	}
}

// mixedRows draws n rows of two binary, two continuous and two categorical
// attributes that depend on one another.
func mixedRows(n int) (*stats.Layout, *stats.Rows) {
	r := rand.New(rand.NewPCG(11, 11))
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "flag", Binary: true}, {Name: "x"}, {Name: "bit", Binary: true}, {Name: "z"}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"p", "q", "r"}}, {Name: "colour", Values: []string{"red", "blue"}}},
	}
	rows := &stats.Rows{N: n, Numeric: 4, Categorical: 2}
	for range n {
		k := r.IntN(3)
		bit := 0.0
		if r.Float64() < 0.2+0.3*float64(k) {
			bit = 1
		}
		flag := float64(r.IntN(2))
		rows.Values = append(rows.Values, flag, float64(k)+r.NormFloat64(), bit, flag-r.NormFloat64())
		rows.Codes = append(rows.Codes, int32(k+1), int32(1+(k+r.IntN(2))%2))
	}
	return layout, rows
}

// naiveRows is naive Bayes by going through the rows.
type naiveRows struct {
	layout *stats.Layout
	rows   *stats.Rows
	target string
	of     [][]int // the rows of each class
}

// logJoint returns the logarithm of the density of a row and class k.
func (n *naiveRows) logJoint(t *testing.T, k, at int) float64 {
	row, codes := n.rows.Row(at), n.rows.RowCodes(at)
	sum := math.Log(float64(len(n.of[k])) / float64(n.rows.N))
	for j, column := range n.layout.Numeric {
		switch {
		case column.Name == n.target:
		case column.Binary:
			sum += n.logShare(k, 2, func(i int) bool { return n.rows.Row(i)[j] == row[j] })
		default:
			var own stats.Moments
			for _, i := range n.of[k] {
				if err := own.Add(n.rows.Row(i)[j], 1); err != nil {
					t.Fatal(err)
				}
			}
			d := row[j] - own.Mean()
			sum -= math.Log(2*math.Pi*own.Variance(0))/2 + d*d/(2*own.Variance(0))
		}
	}
	for j, column := range n.layout.Categorical {
		if column.Name != n.target {
			sum += n.logShare(k, float64(len(column.Values)), func(i int) bool { return n.rows.RowCodes(i)[j] == codes[j] })
		}
	}
	return sum
}

// logShare returns the logarithm of the share of the rows of class k that match, one
// row added to each level (Laplace).
func (n *naiveRows) logShare(k int, levels float64, match func(i int) bool) float64 {
	count := 1.0
	for _, i := range n.of[k] {
		if match(i) {
			count++
		}
	}
	return math.Log(count / (float64(len(n.of[k])) + levels))
}

// TestNaiveBayesMixed compares the reading of all four kinds of pairs of
// attributes with the rows themselves.
func TestNaiveBayesMixed(t *testing.T) {
	const n = 500
	layout, rows := mixedRows(n)
	s := modeltest.SummaryOf(t, layout, rows)
	for _, c := range []struct {
		target  string
		classOf func(i int) int
		classes int
	}{
		{target: "kind", classes: 3, classOf: func(i int) int { return int(rows.RowCodes(i)[0]) - 1 }},
		{target: "colour", classes: 2, classOf: func(i int) int { return int(rows.RowCodes(i)[1]) - 1 }},
		{target: "flag", classes: 2, classOf: func(i int) int { return int(rows.Row(i)[0]) }},
	} {
		t.Run(c.target, func(t *testing.T) {
			m := classifier(t, &model.Evidence{Summary: s}, "naive_bayes", c.target, map[string]any{"smoothing": 0.0})
			naive := &naiveRows{layout: layout, rows: rows, target: c.target, of: make([][]int, c.classes)}
			for i := range n {
				naive.of[c.classOf(i)] = append(naive.of[c.classOf(i)], i)
			}
			var got model.Result
			for _, at := range []int{0, 17, 333} {
				want := make([]float64, c.classes)
				for k := range want {
					want[k] = naive.logJoint(t, k, at)
				}
				m.Predict(rows.Row(at), rows.RowCodes(at), &got)
				for k := range want {
					a, b := math.Log(got.Probabilities[k]/got.Probabilities[0]), want[k]-want[0]
					if math.Abs(a-b) > 1e-10 { // logarithms of densities of ten inputs at most
						t.Errorf("row %d: log odds of class %d are %v, want %v", at, k, a, b)
					}
				}
			}
		})
	}
}

// TestClassifierCategoricalInputs: lda reads indicators off conditional cells
// and contingency tables as it does off columns of 0 and 1.
func TestClassifierCategoricalInputs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "is_q", Binary: true}, {Name: "is_r", Binary: true}},
		Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b", "c"}}, {Name: "kind", Values: []string{"p", "q", "r"}}},
	}
	const n = 400
	rows := &stats.Rows{N: n, Numeric: 3, Categorical: 2}
	for range n {
		y := r.IntN(3)
		kind := (y + r.IntN(2) + r.IntN(2)) % 3
		if r.Float64() < 0.3 {
			kind = 0
		}
		is := [3]float64{}
		is[kind] = 1
		rows.Values = append(rows.Values, float64(y)+2*r.NormFloat64(), is[1], is[2])
		rows.Codes = append(rows.Codes, int32(y+1), int32(kind+1))
	}
	e := &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)}
	for _, kind := range []string{"lda"} {
		levels := classifier(t, e, kind, "y", nil, "x", "kind")
		columns := classifier(t, e, kind, "y", nil, "x", "is_q", "is_r")
		if got := levels.Inputs(); !slices.Equal(got, []string{"x", "kind"}) {
			t.Fatalf("inputs are %q", got)
		}
		var a, b model.Result
		for i := range n {
			levels.Predict(rows.Row(i), rows.RowCodes(i), &a)
			columns.Predict(rows.Row(i), rows.RowCodes(i), &b)
			for k := range a.Probabilities {
				if math.Abs(a.Probabilities[k]-b.Probabilities[k]) > 1e-11 { // solved in other columns
					t.Fatalf("row %d: %v with levels, %v with columns", i, a.Probabilities, b.Probabilities)
				}
			}
		}
	}
}

// TestClassifierMissing: a row that lacks an input gets its mean, or what the
// others let expect.
func TestClassifierMissing(t *testing.T) {
	table := modeltest.ReadClasses(t, "species", "classic/iris.csv")
	e := table.Evidence(t, "species", 0, table.Rows.N)
	for kind := range classifierKinds() {
		if kind == "naive_bayes" {
			continue
		}
		for _, impute := range []string{"mean", "conditional"} {
			m := classifier(t, e, kind, "species", map[string]any{"impute": impute})
			var correct float64
			var r model.Result
			for i := range table.Rows.N {
				row := slices.Clone(table.Rows.Row(i))
				row[2] = math.NaN()
				m.Predict(row, nil, &r)
				if m.Classes()[r.Class] == table.Class[i] {
					correct++
				}
			}
			t.Logf("%s, %s: %v of %d without petal_length", kind, impute, correct, table.Rows.N)
			if least := map[string]float64{"mean": 60, "conditional": 110}[impute]; correct < least {
				t.Errorf("%s, %s: %v rows are right, want %v", kind, impute, correct, least)
			}
		}
	}
}

// TestClassifierConcurrent runs under -race.
func TestClassifierConcurrent(t *testing.T) {
	table := modeltest.ReadClasses(t, "species", "classic/iris.csv")
	e := table.Evidence(t, "species", 0, table.Rows.N)
	for kind := range classifierKinds() {
		m := classifier(t, e, kind, "species", nil)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				var r model.Result
				for i := range table.Rows.N {
					m.Predict(table.Rows.Row(i), nil, &r)
				}
				modeltest.Described(t, m)
			})
		}
		group.Wait()
	}
}
