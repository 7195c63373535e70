package ui_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// restPage returns the documentation of the interface.
var restPage = func() func(testing.TB) string {
	read := sync.OnceValues(func() ([]byte, error) { return os.ReadFile(filepath.Join("..", "docs", "rest.md")) })
	return func(t testing.TB) string {
		text, err := read()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}()

func TestReads(t *testing.T) {
	a := api(t, false)
	manyNames := strings.Repeat("a,", 10_000) + "a"
	cases := map[string]struct {
		target, contains string
		status           int
	}{
		"page":                   {"", "<main", 200},
		"script":                 {"page.js", "import { el", 200},
		"openapi":                {"openapi.json", `"openapi":"3.0.3"`, 200},
		"types":                  {"types", `"type":"hba"`, 200},
		"projects":               {"projects", `[{"project":"p"}]`, 200},
		"info":                   {"projects/p", `"rows":300`, 200},
		"live":                   {"projects/p/live", `"rows":300`, 200},
		"questions":              {"projects/p/questions", `"name":"univariate"`, 200},
		"summary":                {"projects/p/summary", `"density"`, 200},
		"univariate":             {"projects/p/explore/univariate?attribute=x", `"mean":5`, 200},
		"t-test":                 {"projects/p/explore/ttest?attribute=x&versus=y", `"difference"`, 200},
		"models":                 {"projects/p/models", `"name":"m"`, 200},
		"model":                  {"projects/p/models/m", `"built_from":300`, 200},
		"scores":                 {"projects/p/models/m/scores?label=class", `"label":1`, 200},
		"one score":              {"projects/p/models/m/scores?recent=1", `"recent":[{`, 200},
		"bad number":             {"projects/p/models/m/scores?recent=x", "recent: x, want a whole number", 400},
		"negative number":        {"projects/p/models/m/scores?recent=-1", "recent: -1, want", 400},
		"histogram":              {"projects/p/plots/histogram?attribute=x", "<rect", 200},
		"heat map":               {"projects/p/plots/correlation", "<rect", 200},
		"ellipses":               {"projects/p/plots/bivariate?a=x&b=y", "<path", 200},
		"pca":                    {"projects/p/plots/pca", "<circle", 200},
		"score plot":             {"projects/p/models/m/plot", "<circle", 200},
		"nowhere":                {"nowhere", "openapi.json", 404},
		"unknown project":        {"projects/q", `\"q\"`, 404},
		"unknown attribute":      {"projects/p/explore/univariate?attribute=z", `\"z\"`, 400},
		"unknown model":          {"projects/p/models/z", `\"z\"`, 404},
		"unknown question":       {"projects/p/explore/z", "openapi.json", 404},
		"unknown part":           {"projects/p/explore/univariate?attribute=x&part=z", `\"z\"`, 400},
		"missing argument":       {"projects/p/explore/univariate", "attribute is missing", 400},
		"category in a plot":     {"projects/p/plots/bivariate?a=x&b=kind", `\"kind\"`, 400},
		"traversal":              {"projects/..", "want 1 to 100 letters", 400},
		"traversal further down": {"projects/../../etc/passwd", "openapi.json", 404},
		"script in a name":       {"projects/<script>", "want 1 to 100 letters", 400},
		"10,000 attributes":      {"projects/p/explore/correlation_matrix?attributes=" + manyNames, "unknown attribute", 400},
		"long path":              {strings.Repeat("a", 2000), "at most 1000", 414},
		"verb":                   {"projects/p/learn", "takes POST", 405},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := call(a, "GET", c.target, "")
			if r.Status != c.status || !strings.Contains(string(r.Body), c.contains) {
				t.Fatalf("status %d, body %.300s; want %d with %q", r.Status, r.Body, c.status, c.contains)
			}
			if r.Status != 200 && (r.ContentType != "application/problem+json" || !json.Valid(r.Body)) {
				t.Errorf("%s is no problem document", r.ContentType)
			}
		})
	}
}

// TestPlotsAreWellFormed: whatever an attribute is called, it stays text.
func TestPlotsAreWellFormed(t *testing.T) {
	a := api(t, false)
	name := url.QueryEscape(evil)
	for _, target := range []string{
		"projects/p/plots/histogram?attribute=" + name, "projects/p/plots/correlation", "projects/p/plots/pca",
		"projects/p/plots/bivariate?a=x&b=" + name, "projects/p/models/m/plot?label=class",
	} {
		t.Run(target, func(t *testing.T) {
			r := call(a, "GET", target, "")
			if r.Status != 200 || strings.Contains(string(r.Body), "<script") {
				t.Fatalf("status %d, body %.300s", r.Status, r.Body)
			}
			requireSVG(t, r.Body)
		})
	}
}

func TestWrites(t *testing.T) {
	cases := map[string]struct {
		target, body, contains string
		status                 int
	}{
		"learn array":           {"projects/p/learn", `[{"x":1},{"x":2}]`, `"learned":2`, 200},
		"learn lines":           {"projects/p/learn", "{\"x\":1}\n{\"x\":2}", `"learned":2`, 200},
		"learn what fits":       {"projects/p/learn", `[{"x":1},{"x":"warm"}]`, `"failed":1`, 200},
		"forget":                {"projects/p/forget", "[" + fixtureRow(0) + "]", `"forgotten":1`, 200},
		"forget one that fits":  {"projects/p/forget", "[" + fixtureRow(1) + `,{"x":0.5,"y":0.25,"kind":"k0","class":0}]`, `"failed":1`, 200},
		"forget what is not":    {"projects/p/forget", `[{"x":777}]`, `cannot be forgotten`, 200},
		"predict":               {"projects/p/predict?model=m", `[{"x":1}]`, `"score"`, 200},
		"learn and predict":     {"projects/p/learn-predict?model=m", `{"x":1}`, `"results"`, 200},
		"define":                {"projects/p/models", `{"name":"n","type":"hba"}`, `"done":true`, 200},
		"build":                 {"projects/p/models/m/build", "", `"milliseconds"`, 200},
		"freeze":                {"projects/p/models/m/freeze", `{"version":"v1"}`, `"done":true`, 200},
		"delete":                {"projects/p/models/spare/delete", "", `"done":true`, 200},
		"delete of settings":    {"projects/p/models/m/delete", "", "model-in-settings", 409},
		"define of settings":    {"projects/p/models", `{"name":"m","type":"ecod"}`, "model-in-settings", 409},
		"define as in settings": {"projects/p/models", `{"name":"m","type":"hba","options":{"min_rows":10}}`, `"done":true`, 200},
		"no rows":               {"projects/p/learn", "", "0 rows", 400},
		"not rows":              {"projects/p/learn", "[1]", "row 0 is no object", 400},
		"not JSON":              {"projects/p/learn", "[", "rows", 400},
		"unknown type":          {"projects/p/models", `{"name":"n","type":"z"}`, `\"z\"`, 400},
		"unknown field":         {"projects/p/models", `{"name":"n","type":"hba","z":1}`, `z`, 400},
		"name of a model":       {"projects/p/models", `{"name":"../n","type":"hba"}`, "name is", 400},
		"unknown model":         {"projects/p/models/z/build", "", `\"z\"`, 404},
		"predict unknown model": {"projects/p/predict?model=z", `{"x":1}`, `\"z\"`, 404},
		"no version":            {"projects/p/models/m/freeze", `{}`, "version is missing", 400},
		"bad version":           {"projects/p/models/m/freeze", `{"version":"../x"}`, "version is", 400},
		"unknown version":       {"projects/p/models/m/serve", `{"version":"v9"}`, "v9", 404},
		"large body":            {"projects/p/learn", strings.Repeat("x", 1<<20+1), "at most 1048576", 413},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := call(api(t, true), "POST", c.target, c.body)
			if r.Status != c.status || !strings.Contains(string(r.Body), c.contains) {
				t.Fatalf("status %d, body %.300s; want %d with %q", r.Status, r.Body, c.status, c.contains)
			}
		})
	}
}

// TestBuildSaysWhatItWaitsFor: a build of a model that cannot answer yet says so.
func TestBuildSaysWhatItWaitsFor(t *testing.T) {
	a := api(t, true)
	for name, c := range map[string]struct{ definition, want string }{
		"target": {`{"name":"n","type":"ols","target":"later"}`, `"waiting_for":"`},
		"rows":   {`{"name":"n","type":"hba","options":{"min_rows":100000}}`, `"min_rows":100000`},
	} {
		t.Run(name, func(t *testing.T) {
			if r := call(a, "POST", "projects/p/models", c.definition); r.Status != 200 {
				t.Fatalf("define: %s", r.Body)
			}
			r := call(a, "POST", "projects/p/models/n/build", "")
			if r.Status != 200 || !strings.Contains(string(r.Body), c.want) || !strings.Contains(string(r.Body), `"warming_up":true`) {
				t.Errorf("status %d, body %s, want %s", r.Status, r.Body, c.want)
			}
		})
	}
}

// TestReadOnlyRefusesWrites: every route that writes is forbidden where the
// API does not write.
func TestReadOnlyRefusesWrites(t *testing.T) {
	a := api(t, false)
	for _, target := range []string{"learn", "forget", "learn-predict", "models", "models/m/build", "models/m/freeze", "models/m/serve", "models/m/delete"} {
		if r := call(a, "POST", "projects/p/"+target, `{"x":1}`); r.Status != 403 {
			t.Errorf("%s: status %d, want 403", target, r.Status)
		}
	}
	if r := call(a, "POST", "projects/p/predict?model=m", `{"x":1}`); r.Status != 200 {
		t.Errorf("predict: status %d, want 200: %s", r.Status, r.Body)
	}
}
