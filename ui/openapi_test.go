package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// operation is one operation of the OpenAPI document.
type operation struct {
	verb, path string
	Parameters []struct {
		Name, In, Description string
		Required              bool
		Schema                struct{ Type string }
	}
	RequestBody *struct {
		Required bool
		Content  map[string]any
	}
	Responses map[string]struct {
		Content map[string]struct {
			Schema struct {
				Type     string
				Required []string
			}
		}
	}
}

// operations reads the document that the API serves.
func operations(t testing.TB, a *ui.API) []operation {
	t.Helper()
	document := decoded[struct {
		OpenAPI string
		Paths   map[string]map[string]operation
	}](t, get(t, a, "openapi.json", 200))
	if document.OpenAPI != "3.0.3" {
		t.Fatalf("openapi is %q", document.OpenAPI)
	}
	var out []operation
	for path, verbs := range document.Paths {
		for verb, o := range verbs {
			o.verb, o.path = strings.ToUpper(verb), strings.TrimPrefix(path, "/")
			if !strings.HasPrefix(o.path, "jobs/") { // those need a job: see TestJobs
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+" "+a.verb, b.path+" "+b.verb) })
	return out
}

// name is the verb and the path.
func (o *operation) name() string { return o.verb + " " + o.path }

// writes reports whether an API that reads only refuses the operation.
func (o *operation) writes() bool {
	return o.verb == "POST" && !strings.HasSuffix(o.path, "/predict") && !strings.HasSuffix(o.path, "/try")
}

// goodRequest is a request that an API over a plain world answers with 200.
type goodRequest struct{ query, body string }

// goodRequests has one for every operation but the questions, whose queries are
// those of asksPlain.
func goodRequests(file string) map[string]goodRequest {
	const rows = `[{"x":1.5,"y":2.25}]`
	return map[string]goodRequest{
		"GET projects/{project}/plots/histogram":          {query: "attribute=x"},
		"GET projects/{project}/plots/bivariate":          {query: "a=x&b=y"},
		"GET projects/{project}/models/{model}/scores":    {query: "label=class&recent=2"},
		"POST projects/{project}/predict":                 {query: "model=m", body: rows},
		"POST projects/{project}/learn":                   {query: "shard=s&offset=7", body: rows},
		"POST projects/{project}/forget":                  {query: "shard=s&offset=7", body: rows},
		"POST projects/{project}/learn-predict":           {query: "model=m&shard=s&offset=7", body: rows},
		"POST projects/{project}/forget-shard":            {query: "shard=t/0"},
		"POST projects/{project}/models":                  {body: `{"name":"n","type":"ols","target":"y"}`},
		"POST projects/{project}/try":                     {body: `{"type":"ols","target":"y"}`},
		"POST projects/{project}/models/{model}/freeze":   {body: `{"version":"v1"}`},
		"POST projects/{project}/thresholds/{scores}/set": {body: `{"alpha":0.01}`},
		"POST projects/{project}/models/{model}/serve":    {body: `{"version":""}`},
		"POST projects/{project}/alter":                   {query: "dry_run=true", body: `{"histogram_bins":64,"attributes":{"x":"categorical"}}`},
		"GET projects/{project}/over-time":                {query: "attribute=x"},
		"POST projects/{project}/rename":                  {body: `{"name":"renamed"}`},
		"POST projects/{project}/import":                  {body: file},
		"POST projects/{project}/merge":                   {body: file, query: "name=site"},
	}
}

// asksPlain has good queries for the questions about the plain documents.
func asksPlain() map[string]string {
	return map[string]string{
		"univariate": "attribute=x", "bivariate": "a=x&b=y", "quantile": "attribute=x&q=0.5", "cdf": "attribute=x&x=3",
		"heavy_hitters": "attribute=kind", "ttest": "attribute=x&versus=y", "ztest": "attribute=x&versus=y", "ftest": "attribute=x&versus=y",
		"drift": "reference=shard:t/0", "data_drift": "reference=shard:t/0", "anova": "attribute=x&by=kind", "chi2": "a=kind&b=kind", "correlation": "a=x&b=y", "partial_correlation": "a=x&b=y",
		"gain": "attribute=kind&target=class", "gains": "target=kind", "density": "attribute=x", "conditional_density": "attribute=x&given=kind",
		"joint_density": "a=x&b=y",
	}
}

// good returns a request for the operation and the path that it goes to.
func (o *operation) good(file string) (path string, r goodRequest) {
	project := "p"
	switch {
	case strings.HasSuffix(o.path, "/create") || strings.HasSuffix(o.path, "/import"):
		project = "new"
	case strings.HasSuffix(o.path, "/delete") && !strings.Contains(o.path, "{model}"), strings.HasSuffix(o.path, "/rename"), strings.HasSuffix(o.path, "/forget-shard"):
		project = "idle"
	}
	model := "m"
	if strings.HasSuffix(o.path, "/delete") {
		model = "spare"
	}
	path = strings.NewReplacer("{project}", project, "{model}", model, "{scores}", "m").Replace(o.path)
	r = goodRequests(file)[o.name()]
	if question, ok := strings.CutPrefix(o.path, "projects/{project}/explore/"); ok {
		r.query = asksPlain()[question]
	}
	return path, r
}

// idle makes the project idle, which nothing has open, and returns the file of
// p.
func idle(t testing.TB, w *world) (file string) {
	t.Helper()
	file = get(t, w.API, "projects/p/export", 200)
	send(t, w.API, "projects/idle/import", file, 200)
	return file
}

// TestEveryOperationAnswers: a good request is answered as the document says:
// status, content type and fields. The handler asks for no parameter that the
// document does not have.
func TestEveryOperationAnswers(t *testing.T) {
	for _, o := range operations(t, newWorld(t, worldOf{}).API) {
		t.Run(o.name(), func(t *testing.T) {
			t.Parallel()
			w := plainWorld(t, worldOf{})
			path, good := o.good(idle(t, w))
			query, err := url.ParseQuery(good.query)
			if err != nil {
				t.Fatal(err)
			}
			declared := map[string]bool{}
			for _, p := range o.Parameters {
				declared[p.Name] = true
			}
			r := w.Serve(context.Background(), &ui.Request{Verb: o.verb, Path: path, Body: []byte(good.body), Param: func(name string) string {
				if !declared[name] {
					t.Errorf("asks for the parameter %q, which the document does not have", name)
				}
				return query.Get(name)
			}})
			require(t, r, o.name(), 200)
			want := o.Responses["200"]
			content, ok := want.Content[r.ContentType]
			if !ok {
				t.Fatalf("the content type is %q, want one of %v", r.ContentType, want.Content)
			}
			switch content.Schema.Type {
			case "array":
				decoded[[]any](t, string(r.Body))
			case "object":
				got := decoded[map[string]any](t, string(r.Body))
				for _, field := range content.Schema.Required {
					if _, ok := got[field]; !ok {
						t.Errorf("the answer has no %s: %.300s", field, r.Body)
					}
				}
			case "string":
				if len(r.Body) == 0 {
					t.Error("the answer is empty")
				}
			}
			for name := range r.Headers {
				if !slices.Contains(ui.Headers(), name) {
					t.Errorf("the host does not know of the header %s", name)
				}
			}
			if r.Headers["X-Content-Type-Options"] != "nosniff" || r.Headers["Cache-Control"] == "" {
				t.Errorf("the headers are %v", r.Headers)
			}
		})
	}
}

// TestOperationsAreDescribed: each has a summary, describes its parameters, has
// those of its path, and what it answers when something is wrong.
func TestOperationsAreDescribed(t *testing.T) {
	all := operations(t, newWorld(t, worldOf{}).API)
	for _, o := range all {
		inPath := 0
		for _, p := range o.Parameters {
			if p.In == "path" {
				inPath++
				if !strings.Contains(o.path, "{"+p.Name+"}") || !p.Required {
					t.Errorf("%s: %s is no variable of the path, or not required", o.name(), p.Name)
				}
				continue
			}
			if p.In != "query" || p.Description == "" || !slices.Contains([]string{"string", "number", "integer", "boolean"}, p.Schema.Type) {
				t.Errorf("%s: the parameter %+v is not described", o.name(), p)
			}
		}
		if inPath != strings.Count(o.path, "{") {
			t.Errorf("%s has %d variables in its path, and %d are described", o.name(), strings.Count(o.path, "{"), inPath)
		}
		if len(o.Responses["200"].Content) != 1 || len(o.Responses["default"].Content) != 1 {
			t.Errorf("%s: the responses are %v", o.name(), o.Responses)
		}
		if o.verb == "GET" && o.RequestBody != nil {
			t.Errorf("%s takes a body", o.name())
		}
	}
	for _, q := range explore.Questions() {
		i := slices.IndexFunc(all, func(o operation) bool { return o.path == "projects/{project}/explore/"+q.Name })
		if i < 0 {
			t.Errorf("there is no route for the question %s", q.Name)
			continue
		}
		for _, p := range q.Parameters {
			k := slices.IndexFunc(all[i].Parameters, func(o struct {
				Name, In, Description string
				Required              bool
				Schema                struct{ Type string }
			}) bool {
				return o.Name == p.Name
			})
			if k < 0 || all[i].Parameters[k].Required != p.Required || all[i].Parameters[k].Description != p.Description {
				t.Errorf("%s: the parameter %s is not that of the question", q.Name, p.Name)
			}
		}
	}
}

// TestWhatIsWrongIsRefused goes through the operations: parameters that are
// missing or of another kind, other verbs, projects and models that there are
// not, and writes where only reads are answered.
func TestWhatIsWrongIsRefused(t *testing.T) {
	w := plainWorld(t, worldOf{limit: 1 << 20})
	reads := plainWorld(t, worldOf{readOnly: true})
	file := idle(t, w)
	for _, o := range operations(t, w.API) {
		path, good := o.good(file)
		t.Run(o.name(), func(t *testing.T) {
			for _, verb := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "get", ""} {
				if r := call(w.API, verb, path, ""); verb != "GET" && verb != "POST" {
					require(t, r, verb+" "+path, http.StatusMethodNotAllowed)
					if !strings.Contains(r.Headers["Allow"], o.verb) {
						t.Errorf("%s: Allow is %q, want %s in it", verb, r.Headers["Allow"], o.verb)
					}
				}
			}
			if o.writes() {
				got := require(t, call(reads.API, o.verb, path+"?"+good.query, good.body), path, http.StatusForbidden)
				if !strings.Contains(got, "writable") {
					t.Errorf("a refused write does not say what takes it: %s", got)
				}
			}
			for _, p := range o.Parameters {
				if p.In == "query" {
					refuseParameter(t, w.API, &o, path, good, p.Name, p.Schema.Type, p.Required)
				}
			}
			refusePath(t, w.API, &o, good)
		})
	}
}

// refuseParameter asks without the parameter, where it is required, and with
// values that are not of its kind.
func refuseParameter(t *testing.T, a *ui.API, o *operation, path string, good goodRequest, name, kind string, required bool) {
	t.Helper()
	with := func(value string) string {
		query, err := url.ParseQuery(good.query)
		if err != nil {
			t.Fatal(err)
		}
		query.Set(name, value)
		return path + "?" + query.Encode()
	}
	if required {
		if got := require(t, call(a, o.verb, with(""), good.body), name, 400); !strings.Contains(got, name+" is missing") {
			t.Errorf("without %s: %s", name, got)
		}
	}
	wrong := map[string][]string{
		"integer": {"x", "1.5", "99999999999999999999", "0x10", "1_0", "NaN", "1e400"},
		"number":  {"x", "1,5", "--1", "NaN", "Inf", "-inf", "1e999", "0x1p4", "1_000"},
		"boolean": {"x", "yes", "2", "TRUE "},
		"string":  {"\xff\xfe", strings.Repeat("a", 1<<20+1)},
	}
	for _, value := range wrong[kind] {
		if got := require(t, call(a, o.verb, with(value), good.body), fmt.Sprintf("%s=%.40q", name, value), 400); !strings.Contains(got, name) {
			t.Errorf("%s is %.40q, and the error does not name it: %.300s", name, value, got)
		}
	}
}

// refusePath asks for projects and models that there are not, and for names that
// nothing can have.
func refusePath(t *testing.T, a *ui.API, o *operation, good goodRequest) {
	t.Helper()
	ask := func(project, model string) *ui.Response {
		path := strings.NewReplacer("{project}", url.PathEscape(project), "{model}", url.PathEscape(model), "{scores}", url.PathEscape(model)).Replace(o.path)
		return call(a, o.verb, path+"?"+good.query, good.body)
	}
	if strings.Contains(o.path, "{project}") {
		for _, name := range []string{"..", "a b", "ä", "<script>", "a.b", "%2e", strings.Repeat("a", 101), "\x00"} {
			require(t, ask(name, "m"), fmt.Sprintf("project %.20q", name), 400)
		}
		require(t, ask("p/q/r/s", "m"), "a project with slashes", 404)
		if made := []string{"create", "import", "merge"}; !slices.Contains(made, o.path[strings.LastIndex(o.path, "/")+1:]) {
			if got := require(t, ask("nowhere", "m"), "an unknown project", 404); !strings.Contains(got, "unknown-project") || !strings.Contains(got, "nowhere") {
				t.Errorf("an unknown project: %s", got)
			}
		}
	}
	if kind := map[bool]string{true: "unknown-model", false: "unknown-scores"}[strings.Contains(o.path, "{model}")]; strings.Contains(o.path, "{model}") || strings.Contains(o.path, "{scores}") {
		for _, name := range []string{"nope", "m@v9", "a b", "ä", "<script>", `"`, "$tower", "\x00", strings.Repeat("m", 500)} {
			if got := require(t, ask("p", name), fmt.Sprintf("%s %.20q", kind, name), 404); !strings.Contains(got, kind) {
				t.Errorf("unknown: %q: %s", name, got)
			}
		}
	}
}
