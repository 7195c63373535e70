package ui_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestProjectsAsAWhole: create, export, import, rename, merge and delete, as
// one after another does it.
func TestProjectsAsAWhole(t *testing.T) {
	a := api(t, true) // has p, with 300 rows
	send(t, a, "projects/new/create", `{"models":[{"name":"e","type":"ecod"}]}`, 200)
	if got := string(call(a, "GET", "projects/new/models", "").Body); !strings.Contains(got, `"ecod"`) {
		t.Errorf("models of what was created: %s", got)
	}
	send(t, a, "projects/new/create", ``, 409)
	send(t, a, "projects/p/learn", `{"x":1}`, 200)

	export := call(a, "GET", "projects/p/export", "")
	if export.Status != 200 || export.ContentType != "application/octet-stream" || !strings.Contains(export.Headers["Content-Disposition"], "p.sml") {
		t.Fatalf("export: %d %s %v", export.Status, export.ContentType, export.Headers)
	}
	file := string(export.Body)
	var got struct {
		Rows    float64 `json:"rows"`
		Content string  `json:"content"`
		Already bool    `json:"already"`
		Shard   string  `json:"shard"`
	}
	read := func(text string) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
	}
	read(send(t, a, "projects/copy/import", file, 200))
	rows := got.Rows
	if !(rows > 0) || got.Content == "" {
		t.Errorf("imported %+v", got)
	}
	send(t, a, "projects/copy/import", file, 409)
	if r := call(a, "GET", "projects/copy/explore/univariate?attribute=x", ""); r.Status != 200 {
		t.Errorf("the copy cannot be asked: %s", r.Body)
	}
	content := got.Content
	read(send(t, a, "projects/copy/rename", `{"name":"moved"}`, 200))
	if got.Content != content {
		t.Errorf("content %s became %s", content, got.Content)
	}
	if r := call(a, "GET", "projects/copy", ""); r.Status != 404 {
		t.Errorf("the old name answers %d", r.Status)
	}
	read(send(t, a, "projects/sum/merge?from=moved&name=site", "", 200))
	if got.Rows != rows || got.Shard != "merged/site" {
		t.Errorf("merged %+v, want %v rows", got, rows)
	}
	read(send(t, a, "projects/sum/merge", file, 200))
	if !got.Already {
		t.Errorf("the same content counts twice: %+v", got)
	}
	send(t, a, "projects/sum/merge?from=sum", "", 400)
	send(t, a, "projects/sum/merge?from=nothing", "", 404)
	send(t, a, "projects/moved/delete", "", 200)
	send(t, a, "projects/moved/delete", "", 404)
	if got := string(call(a, "GET", "projects", "").Body); got != `[{"project":"new"},{"project":"p"},{"project":"sum"}]` {
		t.Errorf("projects are %s", got)
	}
}

// TestProjectsInUse: what a component learns is not changed under its hands.
func TestProjectsInUse(t *testing.T) {
	a := api(t, true)
	for target, body := range map[string]string{"delete": "", "rename": `{"name":"q"}`} {
		if got := send(t, a, "projects/p/"+target, body, 409); !strings.Contains(got, "root") {
			t.Errorf("%s does not name who has it: %s", target, got)
		}
	}
}

// TestProjectFreeze: a frozen project refuses rows, and takes them again.
func TestProjectFreeze(t *testing.T) {
	a := api(t, true)
	send(t, a, "projects/p/freeze", "", 200)
	if got := send(t, a, "projects/p/learn", `{"x":1}`, 200); !strings.Contains(got, `"failed":1`) || !strings.Contains(got, "frozen") {
		t.Errorf("a frozen project says %s", got)
	}
	if got := string(call(a, "GET", "projects/p", "").Body); !strings.Contains(got, `"frozen":true`) {
		t.Errorf("info: %.200s", got)
	}
	send(t, a, "projects/p/unfreeze", "", 200)
	if got := send(t, a, "projects/p/learn", `{"x":1}`, 200); !strings.Contains(got, `"learned":1`) {
		t.Errorf("an unfrozen project says %s", got)
	}
}

// TestLearnAtAPosition: rows with a position count once, and forgetting them too.
func TestLearnAtAPosition(t *testing.T) {
	a := api(t, true)
	rows := func() float64 {
		var info struct {
			Rows float64 `json:"rows"`
		}
		if err := json.Unmarshal(call(a, "GET", "projects/p", "").Body, &info); err != nil {
			t.Fatal(err)
		}
		return info.Rows
	}
	for range 3 {
		send(t, a, "projects/p/learn?shard=orders&offset=0", `[{"x":1},{"x":2},{"x":3}]`, 200)
	}
	if got := rows(); got != 303 {
		t.Errorf("%v rows, want 303", got)
	}
	send(t, a, "projects/p/learn?shard=orders&offset=2", `[{"x":3},{"x":4}]`, 200)
	for range 2 {
		send(t, a, "projects/p/forget?shard=orders&offset=0", `{"x":1}`, 200)
	}
	if got := rows(); got != 303 {
		t.Errorf("%v rows, want 304 less one", got)
	}
	for _, bad := range []string{"shard=a", "offset=1", "shard=a/b&offset=1", "shard=a&offset=-1", "shard=a&offset=9223372036854775807", "shard=~x&offset=1"} {
		send(t, a, "projects/p/learn?"+bad, `{"x":1}`, 400)
	}
}

// TestCompare puts two models side by side.
func TestCompare(t *testing.T) {
	a := api(t, true)
	send(t, a, "projects/p/models", `{"name":"o","type":"ols","target":"y","inputs":["x"]}`, 200)
	r := call(a, "GET", "projects/p/compare?models=o,m", "")
	var got []struct {
		Name    string
		Quality map[string]float64
	}
	if err := json.Unmarshal(r.Body, &got); err != nil || len(got) != 2 || got[0].Name != "o" || got[0].Quality["rmse"] <= 0 {
		t.Errorf("%v: %s", err, r.Body)
	}
	if r := call(a, "GET", "projects/p/compare?models=z", ""); r.Status != 404 {
		t.Errorf("an unknown model: %d %s", r.Status, r.Body)
	}
}

// TestBadProjectRequests name what is wrong.
func TestBadProjectRequests(t *testing.T) {
	a := api(t, true)
	for name, c := range map[string]struct {
		target, body, contains string
		status                 int
	}{
		"no new name":        {"projects/new/rename", `{}`, "name is missing", 400},
		"bad new name":       {"projects/new/rename", `{"name":"../x"}`, "name", 400},
		"unknown field":      {"projects/new/rename", `{"nam":"x"}`, "nam", 400},
		"two objects":        {"projects/new/rename", `{"name":"x"}{}`, "after the object", 400},
		"unknown project":    {"projects/new/rename", `{"name":"x"}`, "new", 404},
		"bad model":          {"projects/new/create", `{"models":[{"name":"m","type":"z"}]}`, "models.0", 400},
		"no file":            {"projects/new/import", "", "no export", 400},
		"not a file":         {"projects/new/import", "hello", "no export", 400},
		"traversal":          {"projects/../import", "", "want 1 to 100 letters", 400},
		"predict no model":   {"projects/p/predict", `{"x":1}`, "model is missing", 400},
		"merge of traversal": {"projects/p/merge?from=../x", "", "want 1 to 100 letters", 400},
	} {
		t.Run(name, func(t *testing.T) {
			if got := send(t, a, c.target, c.body, c.status); !strings.Contains(got, c.contains) {
				t.Errorf("%s, want %q in it", got, c.contains)
			}
		})
	}
}
