package ui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestNamesAreTakenOnce: create, import and rename leave a project alone that
// has the name, also one without rows.
func TestNamesAreTakenOnce(t *testing.T) {
	w := plainWorld(t, worldOf{})
	file := idle(t, w)
	send(t, w.API, "projects/empty/create", `{"models":[{"name":"mine","type":"ecod"}]}`, 200)
	models := get(t, w.API, "projects/empty/models", 200)
	for target, body := range map[string]string{
		"empty/create": "", "p/create": "", "idle/create": "", "empty/import": file, "p/import": file, "idle/import": file,
		"idle/rename": `{"name":"empty"}`, "empty/rename": `{"name":"idle"}`,
	} {
		if got := send(t, w.API, "projects/"+target, body, 409); !strings.Contains(got, "project-exists") {
			t.Errorf("%s: %s", target, got)
		}
	}
	if got := get(t, w.API, "projects/empty/models", 200); got != models {
		t.Errorf("the models %s became %s", models, got)
	}
	if got := get(t, w.API, "projects/idle/export", 200); got != strings.Replace(file, "p", "p", 1) && rowsOf(t, w.API, "idle") != 300 {
		t.Error("the idle project is another one")
	}
	if got := send(t, w.API, "projects/idle/rename", `{"name":"idle"}`, 400); !strings.Contains(got, "which the project has") {
		t.Errorf("its own name: %s", got)
	}
}

// TestMergeCountsAtOnce: what was merged counts in the next answer, once, and is
// replaced by a later export of the same source.
func TestMergeCountsAtOnce(t *testing.T) {
	w := plainWorld(t, worldOf{})
	send(t, w.API, "projects/site/create", "", 200)
	sent := 0
	var files []string
	for range 3 {
		send(t, w.API, "projects/site/learn", `[{"x":1},{"x":2}]`, 200)
		sent += 2
		got := decoded[struct {
			Shard          string
			Rows, Replaced float64
			Already        bool
		}](t, send(t, w.API, "projects/p/merge?from=site&name=site", "", 200))
		if got.Shard != "merged/site" || got.Rows != float64(sent) || got.Replaced != float64(sent-2) || got.Already {
			t.Errorf("after %d rows the merge says %+v", sent, got)
		}
		if rows := rowsOf(t, w.API, "p"); rows != float64(300+sent) {
			t.Errorf("%v rows, want 300 and %d", rows, sent)
		}
		files = append(files, get(t, w.API, "projects/site/export", 200))
	}
	if got := send(t, w.API, "projects/p/merge?name=again", files[2], 200); !strings.Contains(got, `"already":true`) {
		t.Errorf("the same content: %s", got)
	}
	if rows := rowsOf(t, w.API, "p"); rows != 306 {
		t.Errorf("%v rows, want 306", rows)
	}
	for query, status := range map[string]int{"from=p": 400, "from=nowhere": 404, "from=a.b": 400, "name=a/b": 400, "name=..": 400} {
		send(t, w.API, "projects/p/merge?"+query, map[bool]string{true: files[0], false: ""}[strings.HasPrefix(query, "name")], status)
	}
	if got := send(t, w.API, "projects/p/merge?from=site", files[0], 400); !strings.Contains(got, "one of the two") {
		t.Errorf("from and a body: %s", got)
	}
}

// TestMergeOfOtherTypes: an attribute that is a number here and a text there is
// refused, and nothing is counted.
func TestMergeOfOtherTypes(t *testing.T) {
	w := plainWorld(t, worldOf{})
	send(t, w.API, "projects/other/create", "", 200)
	send(t, w.API, "projects/other/learn", `[{"x":"warm"},{"x":"cold"}]`, 200)
	if got := send(t, w.API, "projects/p/merge?from=other", "", 409); !strings.Contains(got, "incompatible") || !strings.Contains(got, `\"x\"`) {
		t.Errorf("got %s", got)
	}
	if rows := rowsOf(t, w.API, "p"); rows != 300 {
		t.Errorf("%v rows, want 300", rows)
	}
}

// TestProjectsAreFoundWhereTheyAreKept: a project that a component of the
// process keeps in another cache is exported from there, and merged into there.
func TestProjectsAreFoundWhereTheyAreKept(t *testing.T) {
	w := newWorld(t, worldOf{})
	elsewhere := &world{API: w.API, table: w.table, store: state.NewMemory(), projects: w.projects}
	elsewhere.learn(t, "far", live.LearnSettings{}, plain()...)
	file := get(t, w.API, "projects/far/export", 200)
	send(t, w.API, "projects/copy/import", file, 200)
	for _, query := range []string{"univariate?attribute=x", "correlation?a=x&b=y", "univariate?attribute=kind"} {
		if far, copied := get(t, w.API, "projects/far/explore/"+query, 200), get(t, w.API, "projects/copy/explore/"+query, 200); far != copied {
			t.Errorf("%s: %s, of the copy %s", query, far, copied)
		}
	}
	send(t, w.API, "projects/copy/learn", `{"x":1}`, 409) // it has the shard of the pipeline
	send(t, w.API, "projects/far/merge?from=copy&name=copy", "", 200)
	if got := rowsOf(t, w.API, "far"); got != 600 {
		t.Errorf("%v rows, want 600", got)
	}
	send(t, w.API, "projects/far/delete", "", 409)
}

// TestFilesAreExact: of drawn projects, a file imported and exported again is
// the same but for the name, and a changed byte anywhere is noticed.
func TestFilesAreExact(t *testing.T) {
	w := newWorld(t, worldOf{})
	r := rand.New(rand.NewPCG(9, 1))
	for i := range 4 {
		name := fmt.Sprint("p", i)
		w.learn(t, name, live.LearnSettings{Schema: declared(), Models: modelled()}, mixed(uint64(i), 1+r.IntN(100))...)
		file := get(t, w.API, "projects/"+name+"/export", 200)
		send(t, w.API, "projects/q"+name+"/import", file, 200)
		again := get(t, w.API, "projects/q"+name+"/export", 200)
		if len(again) != len(file)+1 { // q is one letter longer
			t.Errorf("%d bytes became %d", len(file), len(again))
		}
		send(t, w.API, "projects/r"+name+"/import", again, 200)
		if last := get(t, w.API, "projects/r"+name+"/export", 200); len(last) != len(again) || contentOf(t, w, "q"+name) != contentOf(t, w, "r"+name) {
			t.Error("the content has changed")
		}
		for range 40 {
			broken := []byte(file)
			broken[r.IntN(len(broken))] ^= byte(1 + r.IntN(255))
			if got := call(w.API, "POST", "projects/broken/import", string(broken)); got.Status != 400 {
				t.Errorf("a changed byte: %d %.200s", got.Status, got.Body)
			}
		}
		get(t, w.API, "projects/broken", 404)
	}
}

// contentOf is the id of what a project holds, by merging it into a new one.
func contentOf(t *testing.T, w *world, name string) string {
	t.Helper()
	shard := decoded[struct{ Shard string }](t, send(t, w.API, "projects/into"+name+"/merge?from="+name, "", 200)).Shard
	return strings.TrimPrefix(shard, "merged/")
}

// TestVersions freezes, serves, and goes back.
func TestVersions(t *testing.T) {
	w := plainWorld(t, worldOf{})
	scoreOf := func(name string) float64 {
		t.Helper()
		return decoded[[]struct{ Score float64 }](t, send(t, w.API, "projects/p/predict?model="+name, `{"x":50,"y":1}`, 200))[0].Score
	}
	before := scoreOf("m")
	send(t, w.API, "projects/p/models/m/freeze", `{"version":"v1"}`, 200)
	if got := send(t, w.API, "projects/p/models/m/freeze", `{"version":"v1"}`, 409); !strings.Contains(got, "version-exists") {
		t.Errorf("the same version again: %s", got)
	}
	send(t, w.API, "projects/p/learn", "["+strings.Repeat(`{"x":50,"y":1},`, 500)+`{"x":50,"y":1}]`, 200)
	send(t, w.API, "projects/p/models/m/build", "", 200)
	if after := scoreOf("m"); after >= before {
		t.Errorf("the score %v became %v, want less: it is usual now", before, after)
	}
	if kept := scoreOf("m@v1"); kept != before {
		t.Errorf("the frozen version gives %v, want %v", kept, before)
	}
	send(t, w.API, "projects/p/models/m/serve", `{"version":"v1"}`, 200)
	if served := scoreOf("m"); served != before {
		t.Errorf("the served version gives %v, want %v", served, before)
	}
	if got := get(t, w.API, "projects/p/models", 200); !strings.Contains(got, `"serves":"v1"`) || !strings.Contains(got, `"versions":["v1"]`) {
		t.Errorf("the models are %s", got)
	}
	send(t, w.API, "projects/p/models/m/serve", `{"version":""}`, 200)
	if living := scoreOf("m"); living == before {
		t.Error("the model that is not frozen does not answer again")
	}
	send(t, w.API, "projects/p/models/spare/delete", "", 200)
	send(t, w.API, "projects/p/predict?model=spare", `{"x":1}`, 404)
	get(t, w.API, "projects/p/models/spare", 404)
}

// TestNoThresholdIsNull: a score that nothing is held against yet is neither an
// anomaly nor none.
func TestNoThresholdIsNull(t *testing.T) {
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{Models: modelled()[4:]}, plain()...)
	result := func() map[string]any {
		return decoded[[]map[string]any](t, send(t, w.API, "projects/p/predict?model=bins", `{"x":50,"y":1}`, 200))[0]
	}
	if got, ok := result()["is_anomaly"]; !ok || got != nil {
		t.Errorf("before any score is_anomaly is %v, want null", got)
	}
	none := decoded[[]map[string]any](t, send(t, w.API, "projects/p/predict?model=bins", `{"u":1}`, 200))[0]
	if judged, ok := none["is_anomaly"]; !ok || judged != nil || none["score"] != nil {
		t.Errorf("a document without input gives %v, want a score and is_anomaly of null", none)
	}
	score(t, p, "bins", plain()...)
	send(t, w.API, "projects/p/models", `{"name":"bins","type":"hba"}`, 200) // and remembered answers end
	if got := result(); got["is_anomaly"] != true || got["threshold"] == nil {
		t.Errorf("after 300 scores the result is %v, want an anomaly and its threshold", got)
	}
	recent := decoded[struct {
		Recent []struct{ Result map[string]any }
	}](t, get(t, w.API, "projects/p/models/bins/scores", 200)).Recent
	if len(recent) == 0 || recent[0].Result["is_anomaly"] != nil {
		t.Errorf("the first score was not held against anything: %v", recent)
	}
	requireSVG(t, []byte(get(t, w.API, "projects/p/models/bins/plot", 200)))
}

// TestRangesCompare: the histograms of two parts that are compared have the same
// range.
func TestRangesCompare(t *testing.T) {
	w := newWorld(t, worldOf{})
	documents := make([]string, 1000)
	for i := range documents {
		documents[i] = fmt.Sprintf(`{"x":%d.5,"only":%d.25}`, i, min(i, 10))
	}
	w.learn(t, "p", live.LearnSettings{Composition: project.Composition{}.With(project.Window{Rows: 100, Tiles: 10, Beside: true})}, documents...)
	type density struct{ Min, Max, Count float64 }
	of := func(query string) map[string]density {
		t.Helper()
		out := map[string]density{}
		for _, a := range decoded[struct {
			Attributes []struct {
				Name    string
				Density density
			}
		}](t, get(t, w.API, "projects/p/summary?"+query, 200)).Attributes {
			out[a.Name] = a.Density
		}
		return out
	}
	whole, window, like := of("part=history"), of("part=window"), of("part=window&like=history")
	if w := window["x"]; w.Min < 800 || w.Max != 999.5 {
		t.Errorf("the window is %+v, want the last rows", w)
	}
	for name := range whole {
		if like[name].Min != whole[name].Min || like[name].Max != whole[name].Max {
			t.Errorf("%s: %+v like %+v", name, like[name], whole[name])
		}
	}
	if like["x"].Count > 120 {
		t.Errorf("the window has %v values in the range of the history", like["x"].Count)
	}
	for _, query := range []string{"part=nope", "like=nope", "part=window&like=key:x"} {
		get(t, w.API, "projects/p/summary?"+query, map[bool]int{true: 404, false: 400}[strings.Contains(query, "key:")])
	}
}
