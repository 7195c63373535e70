package bloblang_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	host "github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/bloblang"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// goodCalls are arguments by name with which each function answers about the
// project of learned; the project is added.
func goodCalls() map[string]map[string]any {
	row := map[string]any{"x": 50, "y": 100, "kind": "a"}
	return map[string]map[string]any{
		"sml_univariate": {"attribute": "x"}, "sml_quantile": {"attribute": "x", "q": 0.5}, "sml_cdf": {"attribute": "x", "x": 3.0},
		"sml_bivariate": {"a": "x", "b": "y"}, "sml_correlation": {"a": "x", "b": "y"}, "sml_partial_correlation": {"a": "x", "b": "z", "given": []string{"y"}},
		"sml_ttest": {"attribute": "x", "versus": "y"}, "sml_ztest": {"attribute": "x", "versus": "y"}, "sml_ftest": {"attribute": "x", "versus": "y"},
		"sml_anova": {"attribute": "x", "by": "kind"}, "sml_chi2": {"a": "kind", "b": "flag"}, "sml_gain": {"attribute": "kind", "target": "flag"},
		"sml_vif": {"attributes": []string{"x", "z"}}, "sml_pca": {"components": 1}, "sml_density": {"attribute": "x", "bins": 4}, "sml_heavy_hitters": {"attribute": "kind"},
		"sml_explore": {"question": "univariate", "arguments": map[string]any{"attribute": "x"}}, "sml_score": {"model": "m", "document": row}, "sml_predict": {"model": "m", "document": row},
		"sml_info": {}, "sml_models": {}, "sml_evaluation": {"model": "m"}, "sml_model": {"model": "m"},
	}
}

// varied returns an environment in which project p has learned numbers that are
// not in step, a binary attribute and a category.
func varied(t testing.TB) *host.Environment {
	t.Helper()
	var rows []string
	for i := 1; i <= 120; i++ {
		rows = append(rows, fmt.Sprintf(`{"x":%d,"y":%d,"z":%d.5,"flag":%t,"kind":%q}`, i, i*i%31, i*7%13, i%3 == 0, string(rune('a'+i%4))))
	}
	return learnedRows(t, "p", "m", rows)
}

// call writes a call with named arguments.
func callOf(t testing.TB, function string, args map[string]any) string {
	t.Helper()
	var parts []string
	for name, value := range args {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, name+": "+string(text))
	}
	slices.Sort(parts)
	return function + "(" + strings.Join(parts, ", ") + ")"
}

// with returns a copy of the arguments with one more, or another one.
func with(args map[string]any, name string, value any) map[string]any {
	out := map[string]any{"project": "p"}
	for n, v := range args {
		out[n] = v
	}
	out[name] = value
	return out
}

// run parses and asks; the error is that of either.
func run(env *host.Environment, mapping string) (any, error) {
	exec, err := env.Parse("root = " + mapping)
	if err != nil {
		return nil, err
	}
	return exec.Query(map[string]any{})
}

// functions lists what is registered.
func functions(env *host.Environment) (out []*host.FunctionView) {
	env.WalkFunctions(func(name string, view *host.FunctionView) {
		if strings.HasPrefix(name, "sml_") {
			out = append(out, view)
		}
	})
	return out
}

// TestEveryFunctionRefusesWhatIsWrong goes through the functions and their
// parameters: a project that nobody opens, attributes and models that there are
// not, values of another kind, and arguments that are missing or unknown.
func TestEveryFunctionRefusesWhatIsWrong(t *testing.T) {
	env := varied(t)
	calls := goodCalls()
	for _, f := range functions(env) {
		data := f.TemplateData()
		good, ok := calls[data.Name]
		if !ok {
			t.Errorf("no call of %s", data.Name)
			continue
		}
		t.Run(data.Name, func(t *testing.T) {
			if got, err := run(env, callOf(t, data.Name, with(good, "project", "p"))); err != nil {
				t.Fatalf("a good call: %v, %v", got, err)
			}
			refuse := func(args map[string]any, wants ...string) {
				t.Helper()
				mapping := callOf(t, data.Name, args)
				_, err := run(env, mapping)
				if err == nil {
					t.Errorf("%s has no error", mapping)
					return
				}
				for _, want := range wants {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: %v, want %q in it", mapping, err, want)
					}
				}
			}
			refuse(with(good, "project", "nowhere"), `"nowhere"`, "sml_learn")
			refuse(with(good, "project", ""), "not open")
			refuse(with(good, "project", 3), "project")
			refuse(with(good, "nonsense", 3), "nonsense")
			for _, p := range data.Params.Definitions {
				if p.Name == "project" {
					continue
				}
				if _, given := good[p.Name]; given && !p.IsOptional && p.DefaultMarshalled == "" {
					without := with(good, "project", "p")
					delete(without, p.Name)
					refuse(without, p.Name)
				}
				for _, value := range wrongValues(p.Name, p.ValueType) {
					refuse(with(good, p.Name, value))
				}
			}
		})
	}
}

// wrongValues are values that a parameter does not take.
func wrongValues(name, kind string) []any {
	switch name {
	case "document":
		return []any{"text", 3, []any{1}, true}
	case "arguments":
		return []any{"text", 3, []any{1}, map[string]any{"nope": 1}, map[string]any{"attribute": 7}, map[string]any{"attribute": "nope"}}
	case "attribute", "a", "b", "by", "given", "target", "versus", "model", "question", "part":
		return []any{"nope", map[string]any{}, " x"}
	case "q":
		return []any{-0.1, 1.1, "half", []any{}}
	case "bins", "components", "limit":
		return []any{-1, "x"} // the host makes 1.5 an integer
	case "values":
		return []any{7, map[string]any{}}
	case "alternative":
		return []any{"both", 3}
	}
	switch kind {
	case "float", "integer":
		return []any{"x", []any{}}
	case "bool":
		return []any{"x", []any{}}
	}
	return nil
}

// TestFunctionsAnswerWhatTheCoreAnswers: each function that is named after a
// question has its parameters and gives what sml_explore gives.
func TestFunctionsAnswerWhatTheCoreAnswers(t *testing.T) {
	env := varied(t)
	asked := 0
	for name, args := range goodCalls() {
		question := strings.TrimPrefix(name, "sml_")
		q, err := explore.Lookup(question)
		if err != nil {
			continue
		}
		asked++
		t.Run(name, func(t *testing.T) {
			got, err := run(env, callOf(t, name, with(args, "project", "p")))
			if err != nil {
				t.Fatal(err)
			}
			want, err := run(env, callOf(t, "sml_explore", map[string]any{"project": "p", "question": question, "arguments": args}))
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, and sml_explore gives %v", got, want)
			}
			for _, f := range functions(env) {
				data := f.TemplateData()
				if data.Name != name {
					continue
				}
				var names []string
				for _, p := range data.Params.Definitions {
					names = append(names, p.Name)
				}
				wantNames := []string{"project"}
				for _, p := range q.Parameters {
					wantNames = append(wantNames, p.Name)
				}
				if wantNames = append(wantNames, "part"); !slices.Equal(names, wantNames) {
					t.Errorf("the parameters are %v, want %v", names, wantNames)
				}
			}
		})
	}
	if asked != 16 {
		t.Errorf("%d functions are named after questions, want 16", asked)
	}
}

// TestArgumentsOfTheMessage: arguments may come from the message, and are
// checked then.
func TestArgumentsOfTheMessage(t *testing.T) {
	exec, err := varied(t).Parse(`root = sml_quantile("p", this.name, this.q)`)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		document map[string]any
		want     float64
		err      string
	}{
		"good":         {document: map[string]any{"name": "x", "q": 0.0}, want: 1},
		"another":      {document: map[string]any{"name": "x", "q": 1}, want: 120},
		"unknown":      {document: map[string]any{"name": "nope", "q": 0.5}, err: `"nope"`},
		"out of range": {document: map[string]any{"name": "x", "q": 2}, err: "q: 2"},
		"wrong kind":   {document: map[string]any{"name": 7, "q": 0.5}, err: "string"},
		"missing":      {document: map[string]any{"q": 0.5}, err: "null"},
		"no object":    {document: nil, err: ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got any
			var err error
			if c.document == nil {
				got, err = exec.Query("text")
			} else {
				got, err = exec.Query(c.document)
			}
			if c.want == 0 {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, %v, want an error with %q", got, err, c.err)
				}
				return
			}
			if x, ok := got.(float64); err != nil || !ok || math.Abs(x-c.want) > 1e-12 {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// TestNothingIsOpen: functions can be parsed before any project is open, and say
// so when they are asked.
func TestNothingIsOpen(t *testing.T) {
	env, table := host.NewEnvironment(), live.NewTable()
	if err := bloblang.Register(env, table); err != nil {
		t.Fatal(err)
	}
	if exec, err := env.Parse(`root = sml_info("p")`); err != nil {
		t.Error(err)
	} else if _, err := exec.Query(nil); err == nil || !strings.Contains(err.Error(), "no project is open") {
		t.Errorf("with nothing open it says %v", err)
	}
}
