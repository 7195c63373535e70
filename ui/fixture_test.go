package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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
	scope *live.Scope
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
	if listErr != nil {
		return nil, listErr
	}
	if !slices.Contains(names, name) {
		return nil, err
	}
	return p.Learn(ctx, name, nil)
}

// Learn opens a project on demand; a nil learn means for reading.
func (p *projects) Learn(_ context.Context, name string, learn *live.LearnSettings) (*live.Project, error) {
	if p.place == nil {
		return nil, fmt.Errorf("%w: %q is only read here", live.ErrInUse, name)
	}
	h, err := p.table.Open(p.scope, live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour, OnDemand: true, Exact: true, Learn: learn}, p.place.Store, "rest", quiet{})
	if err != nil {
		return nil, err
	}
	return h.Project(), nil
}

func (p *projects) Place(name string) *portable.Place {
	if store, prefix, ok := p.table.Kept(name); ok {
		return &portable.Place{Store: store, Prefix: prefix}
	}
	return p.place
}

func (p *projects) Discard(ctx context.Context, name string) error { return p.table.Discard(ctx, name) }

// world is an API with what it answers from.
type world struct {
	*ui.API
	table    *live.Table
	store    state.Store
	projects *projects
}

// worldOf says how a world is made; the zero value is one without projects,
// which reads and writes a store in memory.
type worldOf struct {
	store    state.Store
	readOnly bool
	noPlace  bool
	limit    int
	now      func() time.Time
}

func newWorld(t testing.TB, o worldOf) *world {
	t.Helper()
	if o.store == nil {
		o.store = state.NewMemory()
	}
	w := &world{table: live.NewTable(), store: o.store}
	w.projects = &projects{table: w.table, scope: new(live.Scope)}
	if !o.noPlace {
		w.projects.place = &portable.Place{Store: o.store, Prefix: "sml"}
	}
	var err error
	if w.API, err = ui.New(ui.Options{Projects: w.projects, Writable: !o.readOnly, Limit: o.limit, Now: o.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, name := range w.table.Names() {
			_ = w.table.Discard(context.Background(), name)
		}
	})
	return w
}

// learn opens a project as sml_learn does and learns documents into the shard
// t/0.
func (w *world) learn(t testing.TB, name string, settings live.LearnSettings, documents ...string) *live.Project {
	t.Helper()
	if !settings.Durable {
		settings.Every = time.Hour
	}
	h, err := w.table.Open(w.projects.scope, live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &settings}, w.store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.Background()) })
	messages := make([]live.Message, len(documents))
	for i, d := range documents {
		messages[i] = live.Message{Shard: "t/0", Data: []byte(d), Time: int64(i+1) * int64(time.Second), Key: fmt.Sprint("k", i%3)}
	}
	if err := h.Project().Learn(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatalf("document %d: %v", i, messages[i].Err)
		}
	}
	return h.Project()
}

// score scores documents with a model of the project, which is then remembered.
func score(t testing.TB, p *live.Project, name string, documents ...string) {
	t.Helper()
	messages := make([]live.Message, len(documents))
	for i, d := range documents {
		messages[i] = live.Message{Shard: "t/0", Data: []byte(d)}
	}
	scorer, err := p.NewScorer(live.ScorerSettings{Model: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scorer.Score(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
}

// evil is an attribute whose name is a script.
const evil = `<script>alert(1)</script>`

// plain are the documents of the project p: 300 rows of numbers that are not in
// step, a category of three values and a binary attribute.
func plain() []string {
	out := make([]string, 300)
	for i := range out {
		out[i] = fixtureRow(i)
	}
	return out
}

// plainWorld has one project p with the plain documents, learned and scored by
// its model m; a model spare is not of the settings of the learner.
func plainWorld(t testing.TB, o worldOf) *world {
	t.Helper()
	w := newWorld(t, o)
	p := w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 10}}}}, plain()...)
	score(t, p, "m", plain()...)
	if err := p.Models().Define(context.Background(), model.Definition{Name: "spare", Type: "ecod"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// api returns an API over one project p with 300 rows and the model m.
func api(t testing.TB, writable bool) *ui.API {
	t.Helper()
	return plainWorld(t, worldOf{readOnly: !writable, limit: 1 << 20}).API
}

// call asks for a path with a query, both as in an address.
func call(a *ui.API, verb, target, body string) *ui.Response {
	return callIn(context.Background(), a, verb, target, body)
}

func callIn(ctx context.Context, a *ui.API, verb, target, body string) *ui.Response {
	path, query, _ := strings.Cut(target, "?")
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	values, _ := url.ParseQuery(query)
	given := slices.Collect(maps.Keys(values))
	if !values.Has("wait") {
		values.Set("wait", "60") // for the answer itself: jobs have tests of their own
	}
	return a.Serve(ctx, &ui.Request{Verb: verb, Path: path, Body: []byte(body), Param: values.Get, Given: func() []string { return given }})
}

// send posts and requires a status.
func send(t testing.TB, a *ui.API, target, body string, want int) string {
	t.Helper()
	return require(t, call(a, "POST", target, body), target, want)
}

// get reads and requires a status.
func get(t testing.TB, a *ui.API, target string, want int) string {
	t.Helper()
	return require(t, call(a, "GET", target, ""), target, want)
}

func require(t testing.TB, r *ui.Response, target string, want int) string {
	t.Helper()
	if r.Status != want {
		t.Fatalf("%s: status %d, want %d: %.500s", target, r.Status, want, r.Body)
	}
	if r.Status >= 400 {
		requireProblem(t, r)
	}
	return string(r.Body)
}

// requireProblem requires a problem document as RFC 9457 has it, whose type is
// one that docs/rest.md lists.
func requireProblem(t testing.TB, r *ui.Response) {
	t.Helper()
	var p struct {
		Type, Title, Detail string
		Instance            *string
		Status              int
	}
	if r.ContentType != "application/problem+json" || json.Unmarshal(r.Body, &p) != nil {
		t.Fatalf("status %d: %s is no problem document: %.300s", r.Status, r.ContentType, r.Body)
	}
	kind, ok := strings.CutPrefix(p.Type, "urn:rpconnect-sml:problem:")
	if !ok || !strings.Contains(restPage(t), "`"+kind+"`") {
		t.Errorf("docs/rest.md does not list the type %q", p.Type)
	}
	if p.Status != r.Status || p.Title != strings.ReplaceAll(kind, "-", " ") || p.Detail == "" || p.Instance == nil {
		t.Errorf("status %d with the problem %s", r.Status, r.Body)
	}
	if r.Status >= 500 && r.Status != 503 {
		t.Errorf("a fault of the server: %s", r.Body)
	}
}

// decoded reads JSON.
func decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var out T
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return out
}

// rowsOf returns how many rows a project says that it has.
func rowsOf(t testing.TB, a *ui.API, project string) float64 {
	t.Helper()
	return decoded[struct{ Rows float64 }](t, get(t, a, "projects/"+project, 200)).Rows
}

// fixtureRow is a row that the fixture learns.
func fixtureRow(i int) string {
	return fmt.Sprintf(`{"x":%d.5,"y":%d.25,%q:%d.5,"kind":"k%d","class":%d}`, i%10, i%7, evil, i%13, i%3, i%2)
}
