package ui_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// drawnSettings draws which statistics a project keeps, all choices together.
func drawnSettings(r *rand.Rand) live.LearnSettings {
	return live.LearnSettings{Schema: declared(), Models: modelled(), Durable: r.IntN(2) == 0, Composition: projecttest.Composition(r)}
}

// describedBy is how a failure names the settings.
func describedBy(s live.LearnSettings) string {
	text, err := s.Composition.Encode()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %+v", text, s.Composition.Summary)
}

// TestDrawnSettings: whatever a project keeps, each read answers with 2xx or a
// problem, and the questions have the numbers of the same snapshot.
func TestDrawnSettings(t *testing.T) {
	const cases = 12
	for seed := range uint64(cases) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 3))
			settings := drawnSettings(r)
			documents := mixed(seed, []int{0, 1, 2, 30, 300}[r.IntN(5)])
			w := newWorld(t, worldOf{})
			p := w.learn(t, "p", settings, documents...)
			for _, d := range settings.Models {
				score(t, p, d.Name, documents...)
			}
			if t.Failed() {
				t.Logf("settings: %s, %d rows", describedBy(settings), len(documents))
			}
			parts := []string{"", "history", "window", "decay", "key:k0", "key:k1", "key:nope", "nope"}
			for _, part := range parts {
				requireQuestions(t, w.API, p, part)
				for _, path := range []string{"summary", "plots/histogram?attribute=x", "plots/correlation", "plots/bivariate?a=x&b=y", "plots/pca"} {
					separator := "?"
					if strings.Contains(path, "?") {
						separator = "&"
					}
					requireAnswerOrProblem(t, call(w.API, "GET", "projects/p/"+path+separator+"part="+url.QueryEscape(part), ""), path+" of "+part)
				}
				for _, like := range parts {
					requireAnswerOrProblem(t, call(w.API, "GET", "projects/p/summary?part="+url.QueryEscape(part)+"&like="+url.QueryEscape(like), ""), part+" like "+like)
				}
			}
			for _, path := range []string{"", "/live", "/models", "/questions", "/compare", "/export"} {
				require(t, call(w.API, "GET", "projects/p"+path, ""), path, 200)
			}
			for _, d := range settings.Models {
				requireModel(t, w.API, p, d, documents)
			}
			requireCopy(t, w, len(documents) > 0)
			if t.Failed() {
				t.Logf("settings: %s, %d rows", describedBy(settings), len(documents))
			}
		})
	}
}

// requireAnswerOrProblem requires 2xx that is well formed, or a problem.
func requireAnswerOrProblem(t *testing.T, r *ui.Response, what string) {
	t.Helper()
	switch {
	case r.Status >= 400:
		requireProblem(t, r)
	case r.ContentType == "image/svg+xml":
		requireSVG(t, r.Body)
	case r.ContentType == "application/json":
		if !json.Valid(r.Body) {
			t.Errorf("%s: no JSON: %.300s", what, r.Body)
		}
	}
}

// requireQuestions asks everything of a part and compares it with the same
// question asked of the part's summary.
func requireQuestions(t *testing.T, a *ui.API, p *live.Project, part string) {
	t.Helper()
	summary, summaryErr := p.Summary(context.Background(), part)
	for _, q := range explore.Questions() {
		for _, query := range asks()[q.Name] {
			values, args := argumentsOf(t, query)
			if part != "" {
				values.Set("part", part)
			}
			r := call(a, "GET", "projects/p/explore/"+q.Name+"?"+values.Encode(), "")
			requireAnswerOrProblem(t, r, q.Name)
			if summaryErr != nil {
				if r.Status < 400 {
					t.Errorf("%s of %q: status %d, and the part says %v", q.Name, part, r.Status, summaryErr)
				}
				continue
			}
			if _, compares := q.Reference(args); compares {
				continue // with another state, of which the summary knows nothing
			}
			want, err := q.Ask(context.Background(), summary, args)
			switch {
			case err == nil && r.Status == 200:
				requireSame(t, q.Name+" of "+part, decoded[any](t, string(r.Body)), treeOf(t, want), closeEnough)
			case err == nil && strings.HasPrefix(part, live.PartKey) && strings.Contains(string(r.Body), "entities.pairs"):
				// the small statistics of a key answer less than their summary could
			case errors.Is(err, explore.ErrUnknownAttribute) && r.Status == 200:
				// the project knows it, and no row of the part has it
				if answer, ok := decoded[any](t, string(r.Body)).(map[string]any); !ok || answer["count"] != 0.0 {
					t.Errorf("%s?%s of %q: %.200s; the core says %v", q.Name, query, part, r.Body, err)
				}
			case (err == nil) != (r.Status == 200):
				t.Errorf("%s?%s of %q: status %d, %.200s; the core says %v", q.Name, query, part, r.Status, r.Body, err)
			}
		}
	}
}

// requireModel compares what is said about a model, and what it predicts, with
// the project.
func requireModel(t *testing.T, a *ui.API, p *live.Project, d model.Definition, documents []string) {
	t.Helper()
	ctx := context.Background()
	want, err := p.Models().Describe(ctx, d.Name)
	if err != nil {
		t.Fatal(err)
	}
	requireSame(t, d.Name, decoded[any](t, get(t, a, "projects/p/models/"+d.Name, 200)), treeOf(t, want), closeEnough)
	for _, path := range []string{"scores", "plot"} {
		requireAnswerOrProblem(t, call(a, "GET", "projects/p/models/"+d.Name+"/"+path+"?label=kind", ""), path)
	}
	if len(documents) == 0 {
		return
	}
	got := decoded[[]any](t, send(t, a, "projects/p/predict?model="+d.Name, "["+strings.Join(documents[:1], ",")+"]", 200))[0]
	result, err := p.ScoreValue(ctx, d.Name, decoded[any](t, documents[0]))
	if err != nil {
		requireSame(t, d.Name, got, map[string]any{"error": err.Error()}, 0)
		return
	}
	requireSame(t, d.Name, got, decoded[any](t, string(result)), 0)
}

// requireCopy exports the project, imports it under another name and asks both
// the same.
func requireCopy(t *testing.T, w *world, hasRows bool) {
	t.Helper()
	file := get(t, w.API, "projects/p/export", 200)
	send(t, w.API, "projects/copy/import", file, 200)
	if !hasRows {
		return
	}
	for _, query := range []string{"univariate?attribute=x", "univariate?attribute=kind", "correlation?a=x&b=y"} {
		of := func(project string) (int, string) {
			r := call(w.API, "GET", "projects/"+project+"/explore/"+query, "")
			return r.Status, string(r.Body)
		}
		status, answer := of("p")
		copied, same := of("copy")
		if status != copied {
			t.Errorf("%s: status %d, of the copy %d: %.200s", query, status, copied, same)
		} else if status == 200 {
			requireSame(t, "copy: "+query, decoded[any](t, same), decoded[any](t, answer), closeEnough)
		}
	}
}

// TestCreateWithSettings: a project is created with drawn settings in JSON, keeps
// them, says them, and learns rows of requests with them; wrong ones are named.
func TestCreateWithSettings(t *testing.T) {
	for seed := range uint64(30) {
		w := newWorld(t, worldOf{})
		c := projecttest.Composition(rand.New(rand.NewPCG(seed, 17)))
		if c.NeedsTime() {
			continue // rows of requests have no times
		}
		c.Summary.ExtendedUpTo = 0
		text, err := json.Marshal(c.Settings())
		if err != nil {
			t.Fatal(err)
		}
		send(t, w.API, "projects/new/create", string(text), 200)
		said := decoded[map[string]any](t, get(t, w.API, "projects/new", 200))
		kept, err := json.Marshal(c.Kept())
		if err != nil {
			t.Fatal(err)
		}
		requireSame(t, "composition", said["composition"], decoded[any](t, string(kept)), 0)
		query := ""
		if c.KeepsKeys() {
			query = "?key=kind"
		}
		send(t, w.API, "projects/new/learn"+query, `[{"x":1,"y":2,"kind":"k0"},{"x":2,"y":3,"kind":"k1"}]`, 200)
		if said := decoded[map[string]any](t, get(t, w.API, "projects/new", 200)); said["rows"] != 2.0 {
			t.Errorf("%s: %v rows, want 2", text, said["rows"])
		}
	}
	w := newWorld(t, worldOf{})
	for body, want := range map[string]string{
		`{"folds":1}`:                   "folds: 1, want a whole number from 2 to 100, or 0",
		`{"window":{"tiles":0}}`:        "window.tiles: 0, want a whole number from 1 to 10000",
		`{"window":{"period":"-1s"}}`:   "window.period: -1s, want a duration",
		`{"windows":{}}`:                "windows: unknown name",
		`{"decay":{"half":"1s"}}`:       "decay.half: unknown name",
		`{"precision":"quad"}`:          "precision: quad, want one of auto, extended, double",
		`{"window":{"rows":5}}`:         "window rows is 5",
		`{"models":[],"folds":[1]}`:     "folds: [1]",
		`{"entities":{"resident":0.5}}`: "entities.resident: 0.5",
	} {
		r := call(w.API, "POST", "projects/new/create", body)
		if r.Status != 400 || !strings.Contains(string(r.Body), want) {
			t.Errorf("%s: %d %s, want %q", body, r.Status, r.Body, want)
		}
	}
}

// TestAlter: settings and types change over REST while this process learns, a dry run
// says so only, and what is wrong is named.
func TestAlter(t *testing.T) {
	w := newWorld(t, worldOf{})
	send(t, w.API, "projects/new/create", `{"histogram_bins":64,"attributes":{"line":"continuous","at":"timestamp"}}`, 200)
	send(t, w.API, "projects/new/learn", `[{"line":1,"x":2},{"line":0,"x":3}]`, 200)
	const change = `{"histogram_bins":128,"attributes":{"line":"categorical"}}`
	type said struct {
		Done    bool
		Effects []string
	}
	typeOf := func(name string) string {
		info := decoded[struct{ Schema []struct{ Name, Type string } }](t, get(t, w.API, "projects/new", 200))
		for _, a := range info.Schema {
			if a.Name == name {
				return a.Type
			}
		}
		return "none"
	}
	if typeOf("at") != "timestamp" {
		t.Errorf("at was declared as timestamp, and is %s", typeOf("at"))
	}
	dry := decoded[said](t, send(t, w.API, "projects/new/alter?dry_run=true", change, 200))
	if dry.Done || len(dry.Effects) != 2 || typeOf("line") != "continuous" {
		t.Errorf("a dry run: %+v, line is %s", dry, typeOf("line"))
	}
	done := decoded[said](t, send(t, w.API, "projects/new/alter", change, 200))
	if !done.Done || !strings.Contains(strings.Join(done.Effects, ""), "of 2 rows") || typeOf("line") != "categorical" {
		t.Errorf("altered: %+v, line is %s", done, typeOf("line"))
	}
	send(t, w.API, "projects/new/learn", `[{"line":"a","x":4}]`, 200)
	counts := decoded[map[string]any](t, get(t, w.API, "projects/new/explore/univariate?attribute=line", 200))
	if counts["count"] != 1.0 {
		t.Errorf("line says %v, want one row", counts)
	}
	if x := decoded[map[string]any](t, get(t, w.API, "projects/new/explore/univariate?attribute=x", 200)); x["count"] != 3.0 {
		t.Errorf("x says %v, want three rows", x)
	}
	for body, want := range map[string]string{
		`{"fold":3}`:                       "fold: unknown setting",
		`{"histogram_bins":"many"}`:        "histogram_bins: many, want a whole number",
		`{"max_categories":"9"}`:           `max_categories: \"9\", want a whole number`,
		`{"max_categories":70000}`:         "max_categories: 70000, want a whole number from 1 to 65536",
		`{"histogram_bins":"64"}`:          `histogram_bins: \"64\", want a whole number`,
		`{"attributes":null}`:              "attributes: null, want an object",
		`{"precision":{}}`:                 "precision: {}, want",
		`{"attributes":{"lime":"binary"}}`: "did you mean line?",
		`{"attributes":{"x":3}}`:           "attributes: number at byte",
		`{"window":{"rows":9}}`:            "window.rows: cannot be changed",
		`[]`:                               "array at byte 1, want an object",
		``:                                 "nothing to change",
	} {
		r := call(w.API, "POST", "projects/new/alter", body)
		if r.Status != 400 || !strings.Contains(string(r.Body), want) || strings.Contains(string(r.Body), "Go ") {
			t.Errorf("%s: %d %s, want %q", body, r.Status, r.Body, want)
		}
	}
}

// TestCreateRefusesTypes: types that create cannot declare are named.
func TestCreateRefusesTypes(t *testing.T) {
	w := newWorld(t, worldOf{})
	for body, want := range map[string]string{
		`{"attributes":{"x*":"binary"}}`: "attributes.x*: binary, want the type of one attribute",
		`{"attributes":{"x":"word"}}`:    `attributes.x: unknown attribute type`,
		`{"attributes":{"x":"ignore"}}`:  "patterns and ignore are settings of sml_learn",
	} {
		if r := call(w.API, "POST", "projects/newer/create", body); r.Status != 400 || !strings.Contains(string(r.Body), want) {
			t.Errorf("%s: %d %s, want %q", body, r.Status, r.Body, want)
		}
	}
}
