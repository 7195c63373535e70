package bloblang_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	host "github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/bloblang"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

type quiet struct{}

func (quiet) Learned(string, int, int, int)  {}
func (quiet) Built(string, string)           {}
func (quiet) Limited(string, string, string) {}
func (quiet) Warn(string)                    {}

// learned returns an environment in which project p has learned rows with x
// from 1 to 100, y = 2x and kind a for the even ones, else b.
func learned(t testing.TB) *host.Environment {
	t.Helper()
	var rows []string
	for i := 1; i <= 100; i++ {
		rows = append(rows, fmt.Sprintf(`{"x":%d,"y":%d,"kind":%q}`, i, 2*i, "ab"[i%2:i%2+1]))
	}
	return learnedRows(t, "p", "m", rows)
}

// learnedRows returns an environment in which a project with one anomaly model
// has learned the rows.
func learnedRows(t testing.TB, project, name string, documents []string) *host.Environment {
	t.Helper()
	table, env := live.NewTable(), host.NewEnvironment()
	if err := bloblang.Register(env, table); err != nil {
		t.Fatal(err)
	}
	h, err := table.Open(new(live.Scope), live.Settings{
		Project: project, Cache: "c", Prefix: "sml", Refresh: time.Hour,
		Learn: &live.LearnSettings{Durable: true, Models: []model.Definition{{Name: name, Type: "hba"}}},
	}, state.NewMemory(), "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	var rows []live.Message
	for _, document := range documents {
		rows = append(rows, live.Message{Data: []byte(document), Shard: "s"})
	}
	if err := h.Project().Learn(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	return env
}

// functionCases are mappings over the project of [learned], whose x is 1 to 100 and
// whose y is twice that.
var functionCases = []struct {
	mapping string
	want    any
}{
	{mapping: `sml_univariate("p", "x").mean`, want: 50.5},
	{mapping: `sml_univariate("p", "x").variance`, want: 100 * 101 / 12.0},
	{mapping: `sml_univariate("p", "x").stderr`, want: math.Sqrt(100*101/12.0) / 10},
	{mapping: `sml_univariate("p", "x").median`, want: 50.5},
	{mapping: `sml_univariate("p", "x").skewness`, want: 0.0},
	{mapping: `sml_univariate("p", "x").min + sml_univariate("p", "x").max`, want: 101.0},
	{mapping: `sml_univariate("p", "x").missing`, want: 0.0},
	// 29.011491975882016 / 10 times Student's t of 99 degrees of freedom at
	// 0.975, 1.98421695158627, by integrating its density (Simpson).
	{mapping: `sml_univariate("p", "x").ci95`, want: 2.9011491975882016 * 1.98421695158627},
	// Of 1..n the excess kurtosis is -6(n^2+1) / 5(n^2-1).
	{mapping: `sml_univariate("p", "x").kurtosis`, want: -6.0 * 10001 / (5 * 9999)},
	{mapping: `sml_univariate("p", "kind").values.a`, want: 50.0},
	// numpy.quantile(numpy.arange(1, 101), 0.9)
	{mapping: `sml_quantile("p", "x", 0.9)`, want: 90.1},
	{mapping: `sml_correlation("p", "x", "y")`, want: 1.0},
	{mapping: `sml_bivariate("p", "x", "y").covariance`, want: 2 * 100 * 101 / 12.0},
	{mapping: `sml_bivariate("p", "kind", "x").conditional.a.mean`, want: 51.0},
	{mapping: `sml_bivariate("p", "x", "kind").conditional.b.count`, want: 50.0},
	{mapping: `sml_bivariate("p", "kind", "kind").counts.a.a`, want: 50.0},
	{mapping: `sml_cdf("p", "x", 25)`, want: 0.25},
	// The means 51 of the even and 50 of the odd numbers; both variances are
	// 4 * (50^2-1)/12 * 50/49 = 850, so t = 1 / sqrt(2 * 850 / 50).
	{mapping: `sml_ttest(project: "p", attribute: "x", given: "kind", values: ["a", "b"]).t`, want: 1 / math.Sqrt(34)},
	{mapping: `sml_ttest(project: "p", attribute: "x", given: "kind", values: ["a", "b"], part: "").pooled.df`, want: 98.0},
	{mapping: `sml_ttest(project: "p", attribute: "y", versus: "x", paired: true).difference`, want: 50.5},
	{mapping: `sml_ztest(project: "p", attribute: "x", mu: 50.5, sigma: 3).z`, want: 0.0},
	{mapping: `sml_ftest("p", "y", "x").f`, want: 4.0},
	{mapping: `sml_anova("p", "x", "kind").f`, want: 1 / 34.0},
	{mapping: `sml_chi2("p", "kind", "kind").cramers_v`, want: 1.0},
	{mapping: `sml_gain("p", "kind", "kind").gain`, want: 1.0},
	{mapping: `sml_vif("p", ["x"]).vif.x`, want: 1.0},
	{mapping: `sml_vif("p").vif.x`, want: nil},
	{mapping: `sml_pca(project: "p", components: 1).components.index(0).share`, want: 1.0},
	{mapping: `sml_density("p", "x", 4).histogram.index(3)`, want: 25.0},
	{mapping: `sml_heavy_hitters("p", "kind").values.index(0).count`, want: 50.0},
	{mapping: `sml_explore("p", "svd").rank`, want: 1.0},
	{mapping: `sml_explore("p", "correlation", {"a": "x", "b": "y"})`, want: 1.0},
	{mapping: `sml_models("p").index(0).name`, want: "m"},
	{mapping: `sml_model("p", "m").type`, want: "hba"},
	{mapping: `sml_model("p", "m").built_from`, want: 100.0},
	{mapping: `sml_predict("p", "m", {"x": 50, "y": 100, "kind": "a"}).score == sml_score("p", "m", {"x": 50, "y": 100, "kind": "a"}).score`, want: true},
	{mapping: `sml_info("p").rows`, want: 100.0},
	{mapping: `sml_info("p").schema.length()`, want: int64(3)},
	{mapping: `sml_info("p").models.index(0).name`, want: "m"},
	{mapping: `sml_score("p", "m", {"x": 50, "y": 100, "kind": "a"}).score < sml_score("p", "m", {"x": 5000, "y": 1, "kind": "z"}).score`, want: true},
}

func TestFunctions(t *testing.T) {
	env := learned(t)
	for _, c := range functionCases {
		exec, err := env.Parse("root = " + c.mapping)
		if err != nil {
			t.Fatalf("%s: %v", c.mapping, err)
		}
		got, err := exec.Query(map[string]any{})
		if err != nil {
			t.Errorf("%s: %v", c.mapping, err)
			continue
		}
		g, isNumber := got.(float64)
		if w, ok := c.want.(float64); ok && isNumber && math.Abs(g-w) <= 1e-12*max(1, math.Abs(w)) {
			continue
		}
		if got != c.want {
			t.Errorf("%s is %v (%T), want %v", c.mapping, got, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	env := learned(t)
	for _, c := range []struct {
		mapping string
		want    []string
	}{
		{mapping: `sml_univariate("nope", "x")`, want: []string{`"nope"`, "sml_learn"}},
		{mapping: `sml_univariate("p", "nope")`, want: []string{"unknown attribute", `"nope"`}},
		{mapping: `sml_quantile("p", "kind", 0.5)`, want: []string{`"kind"`, "categorical"}},
		{mapping: `sml_univariate("p", "x", "window")`, want: []string{`"window"`}},
		{mapping: `sml_ttest("p", "x")`, want: []string{"versus", "given"}},
		{mapping: `sml_ttest(project: "p", attribute: "x", versus: "y", alternative: "both")`, want: []string{"both", "two-sided, less, greater"}},
		{mapping: `sml_chi2("p", "x", "kind")`, want: []string{`"x"`, "continuous"}},
		{mapping: `sml_explore("p", "nope")`, want: []string{`"nope"`, "univariate"}},
		{mapping: `sml_model("p", "nope")`, want: []string{`"nope"`, "m"}},
		{mapping: `sml_score("p", "nope", this)`, want: []string{`"nope"`, "m"}},
		{mapping: `sml_score("p", "m", "text")`, want: []string{"object"}},
	} {
		exec, err := env.Parse("root = " + c.mapping)
		if err == nil {
			_, err = exec.Query(map[string]any{})
		}
		if err == nil {
			t.Errorf("%s has no error", c.mapping)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", c.mapping, err, want)
			}
		}
	}
	if _, err := env.Parse(`root = sml_quantile("p", "x", 2)`); err == nil || !strings.Contains(err.Error(), "q: 2, want a number from 0 to 1") {
		t.Errorf("a quantile of 2 says %v when parsed", err)
	}
}

// TestExamples runs the example of every function on a project such as the
// examples are about; none may fail or come to nothing.
func TestExamples(t *testing.T) {
	var rows []string
	for i := range 200 {
		rows = append(rows, fmt.Sprintf(`{"machine":"m%d","temperature":%d,"pressure":%d,"vibration":%d,"alarm":%t}`, 1+i%2, 60+i%17, 5+i%7, i%5, i%11 == 0))
	}
	env := learnedRows(t, "plant", "hba1", rows)
	document := map[string]any{"machine": "m1", "temperature": 66.0, "pressure": 6.0, "vibration": 1.0, "alarm": false}
	functions := 0
	env.WalkFunctions(func(name string, view *host.FunctionView) {
		if !strings.HasPrefix(name, "sml_") {
			return
		}
		functions++
		data := view.TemplateData()
		if len(data.Examples) == 0 || data.Description == "" {
			t.Errorf("%s has %d examples and the description %q", name, len(data.Examples), data.Description)
		}
		for _, p := range data.Params.Definitions {
			if p.Description == "" {
				t.Errorf("%s: parameter %s has no description", name, p.Name)
			}
		}
		for _, example := range data.Examples {
			exec, err := env.Parse(example.Mapping)
			if err != nil {
				t.Errorf("%s: %v", example.Mapping, err)
				continue
			}
			got, err := exec.Query(document)
			if err != nil {
				t.Errorf("%s: %v", example.Mapping, err)
				continue
			}
			for field, value := range got.(map[string]any) {
				if value == nil {
					t.Errorf("%s: %s is null", example.Mapping, field)
				}
			}
		}
	})
	if functions != 23 {
		t.Errorf("%d functions were found, want 23", functions)
	}
}

// TestAnswersAreCopies: what a mapping does to an answer is not seen by the next.
func TestAnswersAreCopies(t *testing.T) {
	env := learned(t)
	exec, err := env.Parse(`root = sml_univariate("p", "x")`)
	if err != nil {
		t.Fatal(err)
	}
	first, err := exec.Query(nil)
	if err != nil {
		t.Fatal(err)
	}
	first.(map[string]any)["mean"] = "spoilt"
	second, err := exec.Query(nil)
	if err != nil {
		t.Fatal(err)
	}
	if mean := second.(map[string]any)["mean"]; mean != 50.5 {
		t.Errorf("the mean is %v after the first answer was changed", mean)
	}
}

// BenchmarkAnswer is what a function costs per message.
func BenchmarkAnswer(b *testing.B) {
	for _, mapping := range []string{`sml_quantile("p", "x", 0.99)`, `sml_univariate("p", "x")`, `sml_pca("p")`, `sml_quantile("p", this.name, 0.99)`} {
		b.Run(mapping, func(b *testing.B) {
			exec, err := learned(b).Parse("root = " + mapping)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := exec.Query(map[string]any{"name": "x"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
