package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// drawnExpand draws what is computed of x and z of drawnRows.
func drawnExpand(r *rand.Rand) live.Expand {
	x := live.Expand{Rows: 30 + r.IntN(60), Knots: 3 + r.IntN(4), Natural: r.IntN(2) == 0, Count: 2 + r.IntN(3), MostProducts: 3, Columns: 2 * (1 + r.IntN(4)), Bandwidth: 1, Seed: r.Int()}
	some := func() []string { return [][]string{nil, {"x"}, {"x", "z"}, {"[xz]"}}[r.IntN(4)] }
	x.Splines, x.Bins, x.Fourier, x.Products = some(), some(), some(), some()
	if r.IntN(2) == 0 {
		x.Pairs = []string{"x:x"}
	}
	if x.IsZero() {
		x.Splines = []string{"x"}
	}
	return x
}

// givenName is that of a computed column in documents that have it.
func givenName(column string) string {
	return "given_" + strings.NewReplacer("(", "_", ")", "", ",", "_").Replace(column)
}

// withColumns returns the messages with the columns of the expansions in the documents.
func withColumns(t *testing.T, messages []live.Message, expansions []*expansion.Expansion) []live.Message {
	t.Helper()
	out := slices.Clone(messages)
	for i := range out {
		var document map[string]any
		if err := json.Unmarshal(out[i].Data, &document); err != nil {
			t.Fatal(err)
		}
		addColumns(document, expansions)
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		out[i].Data = text
	}
	return out
}

func addColumns(document map[string]any, expansions []*expansion.Expansion) {
	for _, e := range expansions {
		values, out := []float64{}, make([]float64, e.Columns())
		for _, source := range e.Sources {
			if x, ok := document[source].(float64); ok {
				values = append(values, x)
			}
		}
		if len(values) < len(e.Sources) {
			continue
		}
		e.Compute(values, out, schema.MaxMagnitude)
		for i, name := range e.Names() {
			document[givenName(name)] = out[i]
		}
	}
}

// saysOf returns what a project says of the columns, by the names that it has for them: of
// each part correlations, and predictions.
func saysOf(t *testing.T, p *live.Project, parts, columns []string, document map[string]any) map[string]any {
	t.Helper()
	ctx, out := context.Background(), map[string]any{}
	for _, part := range parts {
		for i, column := range columns {
			for _, other := range []string{"y", columns[(i+1)%len(columns)]} {
				if other == column {
					continue
				}
				question, err := explore.Lookup("correlation")
				if err != nil {
					t.Fatal(err)
				}
				q, err := live.NewQuery(question, part, param.Values{"a": column, "b": other})
				if err != nil {
					t.Fatal(err)
				}
				key := fmt.Sprint(part, " correlation ", i, " ", other == "y")
				if a, err := p.Ask(ctx, q); err != nil {
					out[key] = "error"
				} else {
					out[key] = a.Tree()
				}
			}
		}
	}
	for _, name := range []string{"ridge", "lda", "lasso", "distance"} {
		text, err := p.ScoreValue(ctx, name, document)
		if err != nil {
			out[name] = err.Error()
			continue
		}
		report, err := p.Models().Describe(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if about, err := json.Marshal(report); err != nil || strings.Contains(string(about), "complete rows") {
			continue // of which those count that are within max_patterns, by the order of attributes
		}
		var result map[string]any
		if err := json.Unmarshal(text, &result); err != nil {
			t.Fatal(err)
		}
		delete(result, "contributions") // those of computed columns are of their attributes
		out[name] = result
	}
	return out
}

// computedClose is what sums of other columns beside them may change, and the inverse of a
// matrix of columns that nearly determine each other.
const computedClose = 1e-6

// alike compares answers, numbers within computedClose.
func alike(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if !alike(x[k], y[k]) {
				return false
			}
		}
		return true
	case float64:
		y, ok := b.(float64)
		return ok && math.Abs(x-y) <= computedClose*max(1, math.Abs(x))
	}
	return reflect.DeepEqual(a, b)
}

func requireAlike(t *testing.T, name string, got, want map[string]any) {
	t.Helper()
	for k := range want {
		if got[k] != nil && !alike(got[k], want[k]) {
			t.Errorf("%s: %s is %v, want %v", name, k, got[k], want[k])
		}
	}
}

// computedModels are defined with features, or with the columns as inputs.
func computedModels(features, inputs []string) []model.Definition {
	return []model.Definition{
		{Name: "ridge", Type: "ridge", Target: "y", Inputs: inputs, Features: features},
		{Name: "lasso", Type: "lasso", Target: "y", Inputs: inputs, Features: features, Options: map[string]any{"lambda": 0.01}},
		{Name: "lda", Type: "lda", Target: "kind", Inputs: inputs, Features: features, Options: map[string]any{"covariance": map[string]any{"estimator": "ridge"}}},
		{Name: "distance", Type: "mahalanobis", Inputs: inputs, Features: features, Options: map[string]any{"covariance": map[string]any{"estimator": "ridge"}}},
	}
}

// namesOf returns the columns of expansions, their names in documents that have them, the
// features that they are, and the inputs of a model with these features.
func namesOf(expansions []*expansion.Expansion) (columns, there, features, inputs []string) {
	for _, e := range expansions {
		columns = append(columns, e.Names()...)
		if !slices.Contains(features, e.Feature()) {
			features = append(features, e.Feature())
		}
	}
	for _, name := range columns {
		there = append(there, givenName(name))
	}
	inputs = slices.Clone(there)
	for _, name := range []string{"x", "z"} { // one without columns is used itself
		if slices.Contains(features, "linear") && !slices.Contains(columns, "linear("+name+")") {
			inputs = append(inputs, name)
		}
	}
	return columns, there, features, inputs
}

// TestComputedAreColumns: under any settings, what is computed is what it would be if
// the documents had the columns: for all wrappers, after forgetting, after a restart, in
// a process that only reads, and in a project that was imported.
func TestComputedAreColumns(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store, other := rand.New(rand.NewPCG(seed, 21)), state.NewMemory(), state.NewMemory()
			c := projecttest.Composition(r)
			s := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{Durable: true, Every: time.Hour, Composition: c}}
			plain := s
			expanding := *s.Learn
			expanding.Expand = drawnExpand(r)
			s.Learn = &expanding
			h, _ := open(t, store, s)
			g, _ := open(t, other, plain)
			size := []int{20, 150}[r.IntN(2)]
			var given []live.Message
			for from := 0; from < 300; from += size {
				rows := drawnRows(r, from, size)
				learnAll(t, h.Project(), slices.Clone(rows))
				given = append(given, withColumns(t, rows, h.Project().Expansions())...)
				learnAll(t, g.Project(), slices.Clone(given[from:]))
			}
			columns, there, features, inputs := namesOf(h.Project().Expansions())
			for _, d := range computedModels(features, []string{"x", "z"}) {
				if err := h.Project().Models().Define(ctx, d); err != nil {
					t.Fatal(err)
				}
			}
			for _, d := range computedModels(nil, inputs) {
				if err := g.Project().Models().Define(ctx, d); err != nil {
					t.Fatal(err)
				}
			}
			document := map[string]any{"x": 0.4, "z": -0.7, "y": 1.1, "kind": "k1"}
			full := map[string]any{"x": 0.4, "z": -0.7, "y": 1.1, "kind": "k1"}
			addColumns(full, h.Project().Expansions())
			parts := []string{""}
			for _, part := range []string{project.PartHistory, project.PartWindow, project.PartDecay} {
				if _, err := h.Project().Summary(ctx, part); err == nil {
					parts = append(parts, part)
				}
			}
			want := saysOf(t, g.Project(), parts, there, full)
			requireAlike(t, "learner", saysOf(t, h.Project(), parts, columns, document), want)
			reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			requireAlike(t, "reader", saysOf(t, reader.Project(), parts, columns, document), want)
		})
	}
}

// TestComputedOfOne: one process settles, and all others compute the same, also one that
// is told other settings; a restart changes nothing.
func TestComputedOfOne(t *testing.T) {
	store, s := state.NewMemory(), settings(true)
	s.Learn.Models = nil
	s.Learn.Expand = live.Expand{Rows: 40, Splines: []string{"*"}, Knots: 5, Count: 4, MostProducts: 9, Fourier: []string{"x", "y"}, Columns: 6, Bandwidth: 1, Seed: 7}
	first, _ := open(t, store, s)
	learnAll(t, first.Project(), cloud(0, 0, 30, false))
	if got := len(first.Project().Expansions()); got != 0 {
		t.Fatalf("%d expansions are settled by 30 rows of 40", got)
	}
	learnAll(t, first.Project(), cloud(0, 30, 60, false))
	want := first.Project().Expansions()
	if len(want) != 5 { // with copies of both attributes
		t.Fatalf("%d expansions are settled, want 5", len(want))
	}
	info, err := first.Project().Info(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range info.Expansions {
		if e.Rows != 30 || len(e.Of) == 1 && e.Before != 30 {
			t.Errorf("%s has %v rows and %v before, want 30 and 30", e.ID, e.Rows, e.Before)
		}
	}
	if len(info.Schema) != 2 {
		t.Errorf("schema has %d attributes, want x and y", len(info.Schema))
	}
	other := s
	changed := *s.Learn
	changed.Expand.Knots, changed.Expand.Seed = 3, 8
	other.Learn = &changed
	second, o := open(t, store, other)
	learnAll(t, second.Project(), cloud(1, 0, 200, false))
	for i, e := range second.Project().Expansions() {
		if !e.Equal(want[i]) {
			t.Errorf("%s is computed otherwise by a second process", e.ID())
		}
	}
	if !o.said("as it was settled by the first rows") {
		t.Errorf("nothing is said of other settings: %v", o.warnings)
	}
}

// TestComputedIsGiven: a document cannot set what is computed.
func TestComputedIsGiven(t *testing.T) {
	s := settings(true)
	s.Learn.Models = nil
	s.Learn.Expand = live.Expand{Rows: 20, Pairs: []string{"x:y"}, Knots: 3, Count: 2, MostProducts: 1, Columns: 2, Bandwidth: 1}
	h, _ := open(t, state.NewMemory(), s)
	learnAll(t, h.Project(), batchOf(`{"x":1,"y":2}`))
	bad := batchOf(`{"x":1,"y":2,"product(x,y)":7}`, `{"x":3,"y":2}`)
	if err := h.Project().Learn(context.Background(), bad); err != nil {
		t.Fatal(err)
	}
	if bad[0].Err == nil || !strings.Contains(bad[0].Err.Error(), "computes the attribute (`expand`)") || bad[1].Err != nil {
		t.Errorf("errors are %v and %v", bad[0].Err, bad[1].Err)
	}
}

// TestComputedWithoutRoom: all columns of an expansion have room, or none is added, and
// it is told once.
func TestComputedWithoutRoom(t *testing.T) {
	for limit, columns := range map[int]int{0: 5 + 5, 11: 4 + 4 + 1, 7: 4 + 1, 6: 4, 5: 2} {
		s := settings(true)
		s.Learn.Models, s.Learn.Schema.MaxAttributes = nil, limit
		s.Learn.Expand = live.Expand{Rows: 20, Splines: []string{"*"}, Knots: 5, Count: 2, MostProducts: 1, Columns: 2, Bandwidth: 1}
		h, o := open(t, state.NewMemory(), s)
		learnAll(t, h.Project(), cloud(0, 0, 30, false))
		learnAll(t, h.Project(), cloud(0, 30, 60, false))
		got := 0
		for _, e := range h.Project().Expansions() {
			got += e.Columns()
		}
		told := strings.Count(strings.Join(o.limits, " "), "max_attributes")
		if got != columns || (told > 0) != (columns < 10) || told > 4 {
			t.Errorf("max_attributes %d: %d columns, want %d; told %d times", limit, got, columns, told)
		}
	}
}

// TestForgetComputed: rows that are forgotten are as if they had never been learned, in
// all columns that are computed of them.
func TestForgetComputed(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(10) {
		r := rand.New(rand.NewPCG(seed, 23))
		s := settings(true)
		s.Learn.Models, s.Learn.Expand = nil, drawnExpand(r)
		store := state.NewMemory()
		with, _ := open(t, store, s)
		learnAll(t, with.Project(), drawnRows(r, 0, 150)) // settles
		kept, gone := drawnRows(r, 150, 100), drawnRows(r, 250, 100)
		learnAll(t, with.Project(), slices.Clone(kept))
		before := columnsSay(t, with.Project())
		learnAll(t, with.Project(), slices.Clone(gone))
		forgotten := slices.Clone(gone)
		for i := range forgotten {
			forgotten[i].HasOffset = false
		}
		if err := with.Project().Forget(ctx, forgotten); err != nil {
			t.Fatal(err)
		}
		for i := range forgotten {
			if forgotten[i].Err != nil {
				t.Fatalf("seed %d: row %d: %v", seed, i, forgotten[i].Err)
			}
		}
		requireAlike(t, fmt.Sprint("seed ", seed), columnsSay(t, with.Project()), before)
	}
}

// columnsSay returns weight, mean and variance of every numeric column.
func columnsSay(t *testing.T, p *live.Project) map[string]any {
	t.Helper()
	summary, err := p.Summary(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for i, c := range summary.Layout().Numeric {
		m := summary.Moments(i)
		out[c.Name] = map[string]any{"weight": m.Weight(), "mean": m.Mean(), "variance": m.Variance(1)}
	}
	return out
}

// TestFeaturesOfTheTarget: nothing that is computed of the target is an input, and a model
// of which nothing is left says so.
func TestFeaturesOfTheTarget(t *testing.T) {
	ctx := context.Background()
	s := settings(true)
	s.Learn.Expand = live.Expand{Rows: 20, Splines: []string{"*"}, Products: []string{"*"}, Fourier: []string{"x", "y"}, Knots: 5, Count: 2, MostProducts: 10, Columns: 4, Bandwidth: 1}
	s.Learn.Models = nil
	h, _ := open(t, state.NewMemory(), s)
	learnAll(t, h.Project(), waves(0, 0, 200))
	for _, c := range []struct {
		target, features string
		want             string
	}{
		{"y", "linear,splines,products", "[c x z product(x,z)]"},
		{"x", "splines,products", "[c z y product(z,y)]"},
		{"y", "fourier", "computed of \"y\" too"},
		{"y", "bins", "computes no bins"},
	} {
		d := model.Definition{Name: "m", Type: "ridge", Target: c.target, Features: strings.Split(c.features, ",")}
		report, err := h.Project().Models().Try(ctx, d)
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(report.Inputs, report.Waiting)
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s from %s: %s, want %s", c.target, c.features, got, c.want)
		}
	}
}

// waves returns rows of a curved surface.
func waves(partition, from, to int) (out []live.Message) {
	for i := from; i < to; i++ {
		r := rand.New(rand.NewPCG(uint64(partition), uint64(i)))
		x, z := r.Float64()*10-5, r.Float64()*10-5
		y := math.Sin(x) + x*z/10
		out = append(out, live.Message{Data: fmt.Appendf(nil, `{"x":%g,"z":%g,"y":%g,"c":"%v"}`, x, z, y, y > 0), Shard: fmt.Sprint("t/", partition), Offset: int64(i), HasOffset: true})
	}
	return out
}

// TestCurve: splines and Fourier features fit what a line cannot, the latter also what is
// no sum of curves.
func TestCurve(t *testing.T) {
	ctx := context.Background()
	s := settings(true)
	s.Learn.Expand = live.Expand{Rows: 100, Splines: []string{"x", "z"}, Fourier: []string{"x", "z"}, Knots: 9, Count: 2, MostProducts: 1, Columns: 64, Bandwidth: 1}
	s.Learn.Models = nil
	h, _ := open(t, state.NewMemory(), s)
	learnAll(t, h.Project(), waves(0, 0, 3000))
	r2 := map[string]float64{}
	for _, features := range []string{"linear", "splines", "fourier"} {
		report, err := h.Project().Models().Try(ctx, model.Definition{Name: "m", Type: "ridge", Target: "y", Inputs: []string{"x", "z"}, Features: []string{features}, Options: map[string]any{"lambda": 0.01}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(report.Model)
		var about struct{ R2 float64 }
		if err == nil {
			err = json.Unmarshal(text, &about)
		}
		if err != nil {
			t.Fatal(err)
		}
		r2[features] = about.R2
	}
	// sin(x) has variance 0.54 and xz/10 has 0.69; a line explains a part of the first only.
	if r2["linear"] > 0.1 || r2["splines"] < 0.35 || r2["splines"] > 0.6 || r2["fourier"] < 0.95 {
		t.Errorf("r2 is %v", r2)
	}
}
