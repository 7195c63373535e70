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
	"github.com/rpconnect-sml/rpconnect-sml/engine"
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
func learned(t *testing.T) *host.Environment {
	t.Helper()
	table, env := engine.NewTable(), host.NewEnvironment()
	if err := bloblang.Register(env, table); err != nil {
		t.Fatal(err)
	}
	h, err := table.Open(new(engine.Scope), engine.Settings{
		Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour,
		Learn: &engine.LearnSettings{Durable: true, Models: []model.Definition{{Name: "m", Type: "hba"}}},
	}, state.NewMemory(), "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	var rows []engine.Message
	for i := 1; i <= 100; i++ {
		rows = append(rows, engine.Message{Data: fmt.Appendf(nil, `{"x":%d,"y":%d,"kind":%q}`, i, 2*i, "ab"[i%2:i%2+1]), Shard: "s"})
	}
	if err := h.Project().Learn(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	return env
}

func TestFunctions(t *testing.T) {
	env := learned(t)
	for _, c := range []struct {
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
		{mapping: `sml_info("p").rows`, want: 100.0},
		{mapping: `sml_info("p").schema.length()`, want: int64(3)},
		{mapping: `sml_info("p").models.index(0).name`, want: "m"},
		{mapping: `sml_score("p", "m", {"x": 50, "y": 100, "kind": "a"}).score < sml_score("p", "m", {"x": 5000, "y": 1, "kind": "z"}).score`, want: true},
	} {
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
	if _, err := env.Parse(`root = sml_quantile("p", "x", 2)`); err == nil || !strings.Contains(err.Error(), "q is 2") {
		t.Errorf("a quantile of 2 says %v when parsed", err)
	}
}
