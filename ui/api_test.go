package ui_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// quiet takes reports and says nothing.
type quiet struct{}

func (quiet) Learned(string, int, int, int)  {}
func (quiet) Built(string, string)           {}
func (quiet) Limited(string, string, string) {}
func (quiet) Warn(string)                    {}

// projects are those of a table, and those of a place, opened on demand.
type projects struct {
	table *live.Table
	place *portable.Place
}

func (p *projects) Names(ctx context.Context) ([]string, error) {
	out := p.table.Names()
	if p.place != nil {
		stored, err := p.place.Projects(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, stored...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (p *projects) Find(ctx context.Context, name string) (*live.Project, error) {
	found, err := p.table.Find(name)
	if err == nil || p.place == nil {
		return found, err
	}
	names, listErr := p.place.Projects(ctx)
	if listErr != nil || !slices.Contains(names, name) {
		return nil, err
	}
	h, err := p.table.Open(new(live.Scope), live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour, OnDemand: true}, p.place.Store, "root", quiet{})
	if err != nil {
		return nil, err
	}
	return h.Project(), nil
}

func (p *projects) Place(string) *portable.Place { return p.place }

func (p *projects) Discard(ctx context.Context, name string) error { return p.table.Discard(ctx, name) }

// evil is an attribute whose name is a script.
const evil = `<script>alert(1)</script>`

// api returns an API over one project p with 300 rows and the model m.
func api(t *testing.T, writable bool) *ui.API {
	t.Helper()
	ctx, store := context.Background(), state.NewMemory()
	table := live.NewTable()
	h, err := table.Open(new(live.Scope), live.Settings{
		Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour,
		Learn: &live.LearnSettings{Every: time.Hour, Models: []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 10}}}},
	}, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(ctx) })
	messages := make([]live.Message, 300)
	for i := range messages {
		messages[i] = live.Message{Shard: "t/0", Data: fmt.Appendf(nil, `{"x":%d.5,"y":%d.25,%q:%d.5,"kind":"k%d","class":%d}`, i%10, i%7, evil, i%13, i%3, i%2)}
	}
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Project().Learn(ctx, messages); err != nil {
		t.Fatal(err)
	}
	if _, err := scorer.Score(ctx, messages); err != nil {
		t.Fatal(err)
	}
	out, err := ui.New(ui.Options{Projects: &projects{table: table, place: &portable.Place{Store: store, Prefix: "sml"}}, Writable: writable, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// call asks for a path with a query.
func call(a *ui.API, verb, target, body string) *ui.Response {
	path, query, _ := strings.Cut(target, "?")
	values, _ := url.ParseQuery(query)
	return a.Serve(context.Background(), &ui.Request{Verb: verb, Path: path, Body: []byte(body), Param: values.Get})
}

func TestReads(t *testing.T) {
	a := api(t, false)
	manyNames := strings.Repeat("a,", 10_000) + "a"
	cases := map[string]struct {
		target, contains string
		status           int
	}{
		"page":                   {"", "<main", 200},
		"script":                 {"page.js", "use strict", 200},
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
			decoder := xml.NewDecoder(strings.NewReader(string(r.Body)))
			for {
				if _, err := decoder.Token(); errors.Is(err, io.EOF) {
					return
				} else if err != nil {
					t.Fatal(err)
				}
			}
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
		"forget":                {"projects/p/forget", `[{"x":0.5,"y":0.25,"kind":"k0","class":0}]`, `"learned":1`, 200},
		"predict":               {"projects/p/predict?model=m", `[{"x":1}]`, `"score"`, 200},
		"learn and predict":     {"projects/p/learn-predict?model=m", `{"x":1}`, `"results"`, 200},
		"define":                {"projects/p/models", `{"name":"n","type":"hba"}`, `"done":true`, 200},
		"build":                 {"projects/p/models/m/build", "", `"milliseconds"`, 200},
		"freeze":                {"projects/p/models/m/freeze", `{"version":"v1"}`, `"done":true`, 200},
		"delete":                {"projects/p/models/m/delete", "", `"done":true`, 200},
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
