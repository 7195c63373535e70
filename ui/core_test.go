package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// closeEnough is what two ways of merging the same rows may differ by, relative
// to the larger number.
const closeEnough = 1e-11

// learnedByTheCore learns documents without a project: it reads them, settles
// their schema and fills one summary.
func learnedByTheCore(t testing.TB, documents []string) *stats.Summary {
	t.Helper()
	rules, err := schema.NewRules(declared())
	if err != nil {
		t.Fatal(err)
	}
	reader, current := schema.NewReader(rules), &schema.Schema{}
	var block schema.Block
	read := func() {
		reader.SetSchema(current)
		block.Reset(current)
		for _, d := range documents {
			if err := reader.ReadJSON([]byte(d), &block); err != nil {
				t.Fatalf("%s: %v", d, err)
			}
		}
	}
	reader.Collect(true)
	read()
	current, _ = current.Grow(reader.Growth(), rules.Limits())
	reader.Collect(false)
	read()
	summary, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows := stats.Rows{N: block.N, Numeric: block.Numeric, Categorical: block.Categorical, Values: block.Values, Codes: block.Codes, Sets: block.Sets}
	if err := summary.Learn(project.LayoutOf(current), &rows); err != nil {
		t.Fatal(err)
	}
	return summary
}

// mixed draws documents of every type of attribute, some of them missing, with
// a linear dependence for models to find.
func mixed(seed uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]string, n)
	for i := range out {
		x, z := r.NormFloat64(), 3+0.5*r.NormFloat64()
		document := map[string]any{
			"x": x, "y": 2*x - z + 0.1*r.NormFloat64(), "z": z, "w": r.ExpFloat64() * 10,
			"flag": x > 0.2, "other flag": r.IntN(3) == 0, "kind": string(rune('a' + r.IntN(3))), "side": []string{"left", "right"}[r.IntN(2)],
			"tags": []string{"t" + fmt.Sprint(r.IntN(4)), "all"},
		}
		for _, name := range []string{"w", "side"} {
			if r.IntN(10) == 0 {
				delete(document, name)
			}
		}
		text, err := json.Marshal(document)
		if err != nil {
			panic(err)
		}
		out[i] = string(text)
	}
	return out
}

// declared says what a list is, which is not inferred.
func declared() schema.Config { return schema.Config{Attributes: map[string]string{"tags": "list"}} }

// asks are queries with good arguments for every question of the catalogue, of
// the attributes of mixed.
func asks() map[string][]string {
	return map[string][]string{
		"univariate":                 {"attribute=x", "attribute=w", "attribute=flag", "attribute=kind", "attribute=tags"},
		"bivariate":                  {"a=x&b=y", "a=x&b=kind", "a=kind&b=w", "a=kind&b=side", "a=flag&b=x"},
		"quantile":                   {"attribute=x&q=0", "attribute=x&q=0.37", "attribute=w&q=1"},
		"cdf":                        {"attribute=x&x=0", "attribute=w&x=-1e9", "attribute=z&x=3.25"},
		"heavy_hitters":              {"attribute=kind", "attribute=tags&limit=2"},
		"ttest":                      {"attribute=x&versus=y", "attribute=x&given=side", "attribute=x&given=kind&values=a,c", `attribute=x&given=kind&values=["a","c"]`, "attribute=x&mu=0.1&alternative=less", "attribute=x&versus=y&paired=true"},
		"ztest":                      {"attribute=x&mu=0&sigma=1", "attribute=flag&proportions=true&mu=0.4", "attribute=x&versus=y&alternative=greater"},
		"ftest":                      {"attribute=x&versus=z", "attribute=x&sigma=1.5"},
		"drift":                      {"reference=shard:t/0", "reference=shard:t/0&attributes=x,kind,tags,flag&alpha=0.05&min_effect=0.1"},
		"data_drift":                 {"reference=shard:t/0&attributes=x,y", "reference=shard:t/0&metric=marginal_stat"},
		"anova":                      {"attribute=x&by=kind", "attributes=x,y,z", "attribute=x&targets=flag,other flag"},
		"chi2":                       {"a=kind&b=side", "a=flag&b=other flag&yates=true"},
		"correlation":                {"a=x&b=y", "a=w&b=z"},
		"correlation_matrix":         {"", "attributes=x,y,z"},
		"covariance_matrix":          {"", `attributes=["x","w"]`},
		"partial_correlation":        {"a=x&b=y&given=z", "a=x&b=y"},
		"partial_correlation_matrix": {"attributes=x,y,z"},
		"gain":                       {"attribute=kind&target=side", "attribute=x&target=flag"},
		"gains":                      {"target=kind", "target=side&attributes=x,kind"},
		"vif":                        {"", "attributes=x,z,w"},
		"pca":                        {"attributes=x,y,z,w", "attributes=x,y&components=1"},
		"svd":                        {"attributes=x,y,z"},
		"svd_selection":              {"attributes=x,y,z&keep=2"},
		"density":                    {"attribute=x", "attribute=w&bins=7", "attribute=x&min=-1&max=1&bins=5"},
		"conditional_density":        {"attribute=kind&given=side", "attribute=x&given=kind"},
		"joint_density":              {"a=x&b=y", "a=x&b=w&by=kind&bins=7"},
	}
}

// askCore asks the core; a question that compares two states is asked of the same rows twice, of which one is the only shard of a project.
func askCore(q *explore.Question, core *stats.Summary, args param.Values) (any, error) {
	name, compares := q.Reference(args)
	if !compares {
		return q.Ask(context.Background(), core, args)
	}
	return q.AskTwo(context.Background(), explore.Two{Reference: core, Recent: core, ReferenceName: name, RecentName: "all rows"}, args)
}

// argumentsOf turns a query into what a question takes.
func argumentsOf(t testing.TB, query string) (url.Values, param.Values) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	args := param.Values{}
	for name := range values {
		args[name] = values.Get(name)
	}
	return values, args
}

// requireSame compares JSON values; numbers may differ by a share.
func requireSame(t testing.TB, what string, got, want any, share float64) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		for name := range w {
			requireSame(t, what+"."+name, g[name], w[name], share)
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		for i := range w {
			requireSame(t, fmt.Sprintf("%s.%d", what, i), g[i], w[i], share)
		}
	case float64:
		g, ok := got.(float64)
		if !ok || math.Abs(g-w) > share*max(math.Abs(g), math.Abs(w), 1e-3) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	default:
		if got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
}

// treeOf is the JSON form of an answer.
func treeOf(t testing.TB, answer any) any {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return decoded[any](t, string(text))
}

// TestAnswersAreThoseOfTheCore: every question of the catalogue answers over
// REST what package explore answers from a summary of the same rows that no
// project has touched.
func TestAnswersAreThoseOfTheCore(t *testing.T) {
	documents := mixed(3, 400)
	core := learnedByTheCore(t, documents)
	w := newWorld(t, worldOf{readOnly: true})
	w.learn(t, "p", live.LearnSettings{Schema: declared()}, documents...)
	queries := asks()
	for _, q := range explore.Questions() {
		if len(queries[q.Name]) == 0 {
			t.Errorf("no query for the question %s", q.Name)
		}
		for _, query := range queries[q.Name] {
			values, args := argumentsOf(t, query)
			t.Run(q.Name+" "+query, func(t *testing.T) {
				want, err := askCore(&q, core, args)
				if err != nil {
					t.Fatal(err)
				}
				got := get(t, w.API, "projects/p/explore/"+q.Name+"?"+values.Encode(), 200)
				requireSame(t, "answer", decoded[any](t, got), treeOf(t, want), closeEnough)
			})
		}
	}
}

// TestReadsAreThoseOfTheCore: what else is read of a project has the numbers of
// the core.
func TestReadsAreThoseOfTheCore(t *testing.T) {
	documents := mixed(4, 300)
	core := learnedByTheCore(t, documents)
	w := newWorld(t, worldOf{readOnly: true})
	w.learn(t, "p", live.LearnSettings{Schema: declared()}, documents...)
	t.Run("info", func(t *testing.T) {
		info := decoded[live.Info](t, get(t, w.API, "projects/p", 200))
		kinds := map[string]string{}
		for _, a := range info.Schema {
			kinds[a.Name] = a.Type
		}
		want := map[string]string{"x": "continuous", "y": "continuous", "z": "continuous", "w": "continuous", "flag": "binary", "other flag": "binary", "kind": "categorical", "side": "categorical", "tags": "list"}
		requireSame(t, "schema", treeOf(t, kinds), treeOf(t, want), 0)
		if info.Rows != 300 || len(info.Shards) != 1 || info.Shards[0].ID != "t/0" || info.Shards[0].Rows != 300 || !info.Shards[0].Live {
			t.Errorf("info is %+v, want 300 rows of the shard t/0", info)
		}
	})
	t.Run("live", func(t *testing.T) {
		got := decoded[map[string]any](t, get(t, w.API, "projects/p/live", 200))
		for name, want := range map[string]any{"project": "p", "rows": 300.0, "rows_per_second": 0.0, "learning": true, "writable": false, "keyed": false} {
			if got[name] != want {
				t.Errorf("%s is %v, want %v", name, got[name], want)
			}
		}
	})
	t.Run("summary", func(t *testing.T) { requireSummary(t, get(t, w.API, "projects/p/summary", 200), core) })
	t.Run("questions", func(t *testing.T) {
		got := decoded[any](t, get(t, w.API, "projects/p/questions", 200))
		requireSame(t, "questions", got, treeOf(t, explore.Questions()), 0)
	})
	t.Run("types", func(t *testing.T) {
		got := decoded[[]struct {
			Type    string
			Target  bool
			Options any
		}](t, get(t, w.API, "types", 200))
		types := catalogue.All()
		if len(got) != len(types) {
			t.Fatalf("%d types, want %d", len(got), len(types))
		}
		for i, e := range types {
			if got[i].Type != e.Type || got[i].Target != e.Target {
				t.Errorf("type %d is %+v, want %s", i, got[i], e.Type)
			}
			requireSame(t, "options of "+e.Type, got[i].Options, treeOf(t, e.Options()), 0)
		}
	})
}

// requireSummary compares the table of all attributes with the core.
func requireSummary(t *testing.T, text string, core *stats.Summary) {
	t.Helper()
	q, err := explore.Lookup("univariate")
	if err != nil {
		t.Fatal(err)
	}
	got := decoded[struct {
		Rows       float64
		Attributes []struct {
			Name, Type, Error   string
			Univariate, Density any
		}
	}](t, text)
	if got.Rows != 300 || len(got.Attributes) != 9 {
		t.Fatalf("%v rows of %d attributes, want 300 of 9", got.Rows, len(got.Attributes))
	}
	for _, a := range got.Attributes {
		want, err := q.Ask(context.Background(), core, param.Values{"attribute": a.Name})
		if err != nil {
			t.Fatal(err)
		}
		requireSame(t, a.Name, a.Univariate, treeOf(t, want), closeEnough)
		number := a.Type == "continuous" || a.Type == "binary"
		if (a.Density != nil) != number || a.Error != "" {
			t.Errorf("%s, %s: density %v, error %q", a.Name, a.Type, a.Density, a.Error)
		}
	}
}

// modelled are definitions of a regression, a classifier and two detectors.
func modelled() []model.Definition {
	return []model.Definition{
		{Name: "line", Type: "ols", Target: "y", Inputs: []string{"x", "z"}},
		{Name: "sorts", Type: "lda", Target: "kind", Inputs: []string{"x", "y", "z"}},
		{Name: "bayes", Type: "naive_bayes", Target: "flag", Inputs: []string{"x", "kind"}},
		{Name: "far", Type: "mahalanobis", Inputs: []string{"x", "y", "z"}},
		{Name: "bins", Type: "hba"},
	}
}

// TestPredictionsAreThoseOfTheCore: models answer over REST what they answer
// when they are built from a summary that no project has touched.
func TestPredictionsAreThoseOfTheCore(t *testing.T) {
	documents := mixed(5, 400)
	core := learnedByTheCore(t, documents)
	w := newWorld(t, worldOf{readOnly: true})
	w.learn(t, "p", live.LearnSettings{Schema: declared(), Models: modelled()}, documents...)
	layout := core.Layout()
	for _, d := range modelled() {
		t.Run(d.Name, func(t *testing.T) {
			built, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: core})
			if err != nil {
				t.Fatal(err)
			}
			report := decoded[live.ModelReport](t, get(t, w.API, "projects/p/models/"+d.Name, 200))
			if report.Name != d.Name || report.Type != d.Type || report.Rows != 400 || report.Error != "" || strings.Join(report.Inputs, ",") != strings.Join(built.Inputs(), ",") {
				t.Errorf("the report is %+v", report)
			}
			requireSame(t, "model", report.Model, treeOf(t, built.Describe()), 1e-6) // rounding grows in what is solved iteratively
			values, codes := rowOf(layout, map[string]float64{"x": 0.5, "y": -1.5, "z": 3.5, "w": 4, "flag": 1, "other flag": 0}, map[string]string{"kind": "b", "side": "left"})
			var want model.Result
			built.Predict(values, codes, &want)
			body := `[{"x":0.5,"y":-1.5,"z":3.5,"w":4,"flag":true,"other flag":false,"kind":"b","side":"left"}]`
			got := decoded[[]map[string]any](t, send(t, w.API, "projects/p/predict?model="+d.Name, body, 200))[0]
			const digits = 1e-6 // results are written with nine significant digits, contributions with six decimals
			switch c := built.(type) {
			case model.Classifier:
				requireSame(t, "probability", got["probability"], want.Probabilities[want.Class], digits)
				if class := fmt.Sprint(got["class"]); class != c.Classes()[want.Class] {
					t.Errorf("class is %s, want %s", class, c.Classes()[want.Class])
				}
				for i, class := range c.Classes() {
					requireSame(t, class, got["probabilities"].(map[string]any)[class], want.Probabilities[i], digits)
				}
			default:
				if d.Target != "" {
					requireSame(t, "prediction", got["prediction"], want.Prediction, closeEnough*100)
				} else {
					requireSame(t, "score", got["score"], want.Score, digits)
				}
			}
		})
	}
}

// rowOf encodes a row by hand under a layout.
func rowOf(layout *stats.Layout, numbers map[string]float64, texts map[string]string) ([]float64, []int32) {
	values, codes := make([]float64, len(layout.Numeric)), make([]int32, len(layout.Categorical))
	for i, c := range layout.Numeric {
		values[i] = math.NaN()
		if x, ok := numbers[c.Name]; ok {
			values[i] = x
		}
	}
	for i, c := range layout.Categorical {
		codes[i] = stats.Missing
		for k, value := range c.Values {
			if value == texts[c.Name] {
				codes[i] = stats.Other + 1 + int32(k)
			}
		}
	}
	return values, codes
}

// TestCompareIsWhatTheModelsSay: models side by side have the numbers that each
// has by itself.
func TestCompareIsWhatTheModelsSay(t *testing.T) {
	w := newWorld(t, worldOf{readOnly: true})
	w.learn(t, "p", live.LearnSettings{Schema: declared(), Models: modelled(), Composition: project.Composition{}.With(project.Folds(3))}, mixed(6, 300)...)
	all := decoded[[]map[string]any](t, get(t, w.API, "projects/p/compare", 200))
	if len(all) != len(modelled()) {
		t.Fatalf("%d models, want %d", len(all), len(modelled()))
	}
	for _, one := range all {
		name := one["name"].(string)
		report := decoded[map[string]any](t, get(t, w.API, "projects/p/models/"+name, 200))
		requireSame(t, name+".built_from", one["built_from"], report["built_from"], 0)
		requireSame(t, name+".inputs", one["inputs"], report["model_inputs"], 0)
		described, _ := report["model"].(map[string]any)
		for field, value := range one["quality"].(map[string]any) {
			requireSame(t, name+"."+field, value, described[field], 0)
		}
		requireSame(t, name+".cross_validation", one["cross_validation"], described["cross_validation"], 0)
	}
	if line := decoded[[]map[string]any](t, get(t, w.API, "projects/p/compare?models=line", 200))[0]; line["cross_validation"] == nil || !(line["quality"].(map[string]any)["r2"].(float64) > 0.9) {
		t.Errorf("the line is %v, want it cross-validated and good", line)
	}
	for query, status := range map[string]int{"models=line, bins": 200, "models=,": 404, "models=nope": 404, "models=" + strings.Repeat("line,", 50) + "line": 400} {
		get(t, w.API, "projects/p/compare?"+strings.ReplaceAll(query, " ", "%20"), status)
	}
}
