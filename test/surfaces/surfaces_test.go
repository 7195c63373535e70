//go:build integration

package surfaces

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
)

const (
	draws    = 5
	rows     = 400
	patience = time.Minute
)

// world is a folder with the state that a learner has left, and its answers.
type world struct {
	t       *testing.T
	binary  string
	folder  string
	answers map[string]any // by question, as the learner gave them
}

// asked are the questions that all surfaces are compared on: name, arguments.
var asked = []struct {
	name string
	args map[string]any
}{
	{"univariate", map[string]any{"attribute": "x"}},
	{"univariate", map[string]any{"attribute": "kind"}},
	{"bivariate", map[string]any{"a": "x", "b": "y"}},
	{"quantile", map[string]any{"attribute": "y", "q": 0.9}},
	{"correlation_matrix", map[string]any{"attributes": []any{"x", "y", "flag"}}},
}

func label(i int) string { return fmt.Sprintf("%d %s", i, asked[i].name) }

// mapping asks all questions in Bloblang.
func mapping(project string) string {
	var b strings.Builder
	for i, q := range asked {
		args, _ := json.Marshal(q.args) // plain values
		fmt.Fprintf(&b, "root.%q = sml_explore(%q, %q, %s)\n", label(i), project, q.name, args)
	}
	return b.String()
}

func binary(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("SML_BINARY"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "rpconnect-sml")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/rpconnect-sml").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// run runs the binary in the folder and returns what it writes; it must end well.
func (w *world) run(args ...string) []byte {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.binary, args...)
	cmd.Dir = w.folder
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("%s: %v\n%s\n%s", strings.Join(args, " "), err, out.String(), problems.String())
	}
	return out.Bytes()
}

// write writes a file of the folder. A configuration is JSON, which is YAML.
func (w *world) write(name string, content any) {
	w.t.Helper()
	data, ok := content.([]byte)
	if !ok {
		var err error
		if data, err = json.MarshalIndent(content, "", " "); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(w.folder, name), data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

type object = map[string]any

// config is a pipeline over a file cache in a folder of the folder.
func (w *world) config(cache string, input object, processors ...object) object {
	return object{
		"http": object{"enabled": false}, "logger": object{"level": "ERROR"},
		"input":           input,
		"pipeline":        object{"threads": 1, "processors": processors},
		"output":          object{"stdout": object{}},
		"cache_resources": []any{object{"label": "c", "file": object{"directory": filepath.Join(w.folder, cache)}}},
	}
}

func lines(path string) object {
	return object{"broker": object{
		"inputs":   []any{object{"file": object{"paths": []any{path}, "scanner": object{"lines": object{}}}}},
		"batching": object{"count": 100, "period": "200ms"},
	}}
}

// learn learns drawn rows under drawn settings, and keeps the learner's answers.
func learn(t *testing.T, binary string, seed uint64) *world {
	t.Helper()
	w := &world{t: t, binary: binary, folder: t.TempDir()}
	r := rand.New(rand.NewPCG(seed, 11))
	settings := projecttest.Settings(r)
	reading := projecttest.Reading(r)
	to := altered(r)
	t.Logf("settings: %v, reading: %v, altered to %v", settings, reading, to)
	var data [2]bytes.Buffer // before and after the settings are altered
	begin := time.Now().Add(-time.Hour).Unix()
	for i := range rows {
		x := 20 + 3*r.NormFloat64()
		row := object{"x": x, "y": 2*x + r.NormFloat64(), "flag": r.IntN(2) == 1, "kind": fmt.Sprintf("k%d", r.IntN(4)), "line": r.IntN(2), "t": begin + int64(5*i), "last": i == rows-1}
		if r.IntN(10) == 0 {
			delete(row, "y")
		}
		asText(row, reading)
		if err := json.NewEncoder(&data[2*i/rows]).Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	w.write("before.jsonl", data[0].Bytes())
	w.write("after.jsonl", data[1].Bytes())
	w.mkdir("state", "other")
	for _, project := range []string{"p", "q"} {
		fields := object{
			"project": project, "cache": "c", "refresh": "0s", "timestamp": "${! this.t }", "attributes": object{"last": "ignore", "t": "ignore"},
			"models": []any{object{"name": "m", "type": "zscore", "inputs": []any{"x"}}, object{"name": "line", "type": "ols", "target": "y", "inputs": []any{"x"}}},
		}
		for name, value := range settings {
			fields[name] = value
		}
		for name, value := range reading {
			fields[name] = value
		}
		if _, ok := settings["entities"]; ok {
			fields["key"] = "${! this.kind }"
		}
		w.learnFile("before.jsonl", project, fields)
		w.alter(to, project, fields)
		out := w.learnFile("after.jsonl", project, fields)
		if err := json.Unmarshal(bytes.TrimSpace(out), &w.answers); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	// The reader names project and cache, and nothing else.
	w.write("read.yaml", w.config("state", object{"generate": object{"count": 1, "mapping": `root = {"x": 20, "kind": "k1"}`}},
		object{"sml_score": object{"project": "p", "cache": "c", "model": "m"}},
		object{"mapping": mapping("p") + "root.scored = this.sml.m.score\nroot.class = sml_predict(\"p\", \"line\", this).prediction\n"}))
	w.write("empty.yaml", w.config("other", object{"generate": object{"count": 0, "mapping": "root = {}"}}, object{"sml_score": object{"project": "p", "cache": "c", "model": "m"}}))
	return w
}

// learnFile learns a file of rows into a project, and returns the answers after the row
// that is the last.
func (w *world) learnFile(file, project string, fields object) []byte {
	w.t.Helper()
	w.write("learn.yaml", w.config("state", lines(filepath.Join(w.folder, file)), object{"sml_learn": fields},
		object{"mapping": "root = if this.last != true { deleted() }"}, object{"mapping": mapping(project)}))
	return w.run("run", "learn.yaml")
}

// mkdir makes folders for caches.
func (w *world) mkdir(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if err := os.Mkdir(filepath.Join(w.folder, name), 0o700); err != nil {
			w.t.Fatal(err)
		}
	}
}

// asText writes numbers of a row as the text that the settings read: in strings where
// these are numbers, with the decimal mark and in the unit of times.
func asText(row object, reading map[string]any) {
	if unit := reading["timestamp_unit"]; unit == "ms" {
		row["t"] = row["t"].(int64) * 1000 // as it was made
	}
	if reading["infer"] == "json" {
		return
	}
	for _, name := range []string{"x", "y"} {
		number, ok := row[name].(float64)
		if !ok {
			row[name] = "NA"
			if list, set := reading["missing_values"].([]any); set && len(list) == 0 {
				delete(row, name)
			}
			continue
		}
		text := strconv.FormatFloat(number, 'f', -1, 64)
		if mark, ok := reading["decimal_mark"].(string); ok {
			text = strings.Replace(text, ".", mark, 1)
		}
		row[name] = text
	}
}

// tolerance is how far an answer may be from the learner's, relatively: rows of before
// the settings were altered are added in another order by who reads them than by who
// learned them, which moves the last digit.
const tolerance = 1e-12

// near reports whether two answers are the same, numbers within the tolerance.
func near(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y))
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, near)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, near)
	}
	return reflect.DeepEqual(a, b)
}

// same requires that answers are the learner's.
func (w *world) same(where string, got map[string]any) {
	w.t.Helper()
	for i := range asked {
		if want, have := w.answers[label(i)], got[label(i)]; !near(want, have) {
			w.t.Errorf("%s: %s is\n%v, want\n%v", where, label(i), have, want)
		}
	}
}

// explore asks all questions on the command line.
func (w *world) explore(config, project string) map[string]any {
	w.t.Helper()
	out := map[string]any{}
	for i, q := range asked {
		args := []string{"sml", "explore", project, q.name, "-c", config, "--json"}
		for name, value := range q.args {
			if list, ok := value.([]any); ok {
				var names []string
				for _, v := range list {
					names = append(names, fmt.Sprint(v))
				}
				value = strings.Join(names, ",")
			}
			args = append(args, fmt.Sprintf("%s=%v", name, value))
		}
		var answer any
		if err := json.Unmarshal(w.run(args...), &answer); err != nil {
			w.t.Fatal(err)
		}
		out[label(i)] = answer
	}
	return out
}

// TestEverySurface draws settings, all of them together. One process learns; what
// another one says that knows project and cache only is what the learner says: on
// the command line, in a pipeline, over REST, and after export, import and merge.
func TestEverySurface(t *testing.T) {
	path := binary(t)
	for seed := range uint64(draws) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := learn(t, path, seed)
			w.same("the command line", w.explore("read.yaml", "p"))
			w.pipeline()
			w.commands()
			w.rest()
			w.travel()
		})
	}
}

// pipeline scores and asks in a pipeline.
func (w *world) pipeline() {
	w.t.Helper()
	var got map[string]any
	out := w.run("run", "read.yaml")
	if err := json.Unmarshal(bytes.TrimSpace(out), &got); err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	w.same("Bloblang", got)
	if _, ok := got["scored"].(float64); !ok {
		w.t.Errorf("sml_score gives %v", got["scored"])
	}
	if _, ok := got["class"].(float64); !ok {
		w.t.Errorf("sml_predict gives %v", got["class"])
	}
}

// commands runs what a project is looked at and changed with.
func (w *world) commands() {
	w.t.Helper()
	w.write("documents.jsonl", []byte("{\"x\":21}\n"))
	for _, command := range []string{
		"info p", "list", "check p", "repair p", "build p --type ols --target y --inputs x", "build p --type ensemble --inputs x,y --name e --save",
		"predict p line documents.jsonl", "freeze p line v1", "serve p line v1", "predict p line@v1 documents.jsonl", "serve p line", "forget-model p e",
	} {
		w.run(append(append([]string{"sml"}, strings.Fields(command)...), "-c", "read.yaml", "--json")...)
	}
}

// rest goes through every route that reads a project.
func (w *world) rest() {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	w.write("rest.yaml", w.config("state", object{"http_server": object{
		"address": address, "path": "/sml/{rest:.*}", "allowed_verbs": []any{"GET"}, "timeout": "60s",
		"sync_response": object{"status": `${! @status.or("200") }`},
	}}, object{"sml_http": object{"cache": "c"}}, object{"sync_response": object{}}, object{"mapping": "root = deleted()"}))
	defer w.begin("rest.yaml")()
	get := func(path string) (int, []byte) {
		for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			response, err := http.Get("http://" + address + "/sml/" + path)
			if err != nil {
				if time.Since(begin) > patience {
					w.t.Fatal(err)
				}
				continue
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				w.t.Fatal(err)
			}
			return response.StatusCode, body
		}
	}
	w.requireReads(get)
	w.same("REST", w.askedOver(get))
}

// requireReads requires an answer of every GET that the OpenAPI document names.
func (w *world) requireReads(get func(path string) (int, []byte)) {
	w.t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name     string
				In       string
				Required bool
			}
		}
	}
	if _, body := get("openapi.json"); json.Unmarshal(body, &document) != nil {
		w.t.Fatalf("openapi.json is %.300s", body)
	}
	given := map[string]string{"attribute": "x", "a": "x", "b": "y", "x": "20", "q": "0.5", "target": "y", "given": "kind", "models": "m,line", "factor": "kind", "by": "kind", "label": "flag"}
	for path, verbs := range document.Paths {
		operation, ok := verbs["get"]
		if !ok || !strings.HasPrefix(path, "/projects/") || strings.Contains(path, "{version}") || strings.Contains(path, "{key}") {
			continue
		}
		query := url.Values{}
		for _, p := range operation.Parameters {
			if p.In == "query" && p.Required {
				query.Set(p.Name, given[p.Name])
			}
		}
		target := strings.NewReplacer("{project}", "p", "{model}", "m", "{scores}", "m").Replace(strings.TrimPrefix(path, "/")) + "?" + query.Encode()
		if status, body := get(target); status >= 500 || status != 200 && !strings.Contains(path, "/explore/") {
			w.t.Errorf("%s: status %d: %.300s", target, status, body)
		}
	}
}

// askedOver returns the answers to the questions over REST.
func (w *world) askedOver(get func(path string) (int, []byte)) map[string]any {
	w.t.Helper()
	got := map[string]any{}
	for i, q := range asked {
		query := url.Values{"wait": {"60"}}
		for name, value := range q.args {
			if list, ok := value.([]any); ok {
				var names []string
				for _, v := range list {
					names = append(names, fmt.Sprint(v))
				}
				value = strings.Join(names, ",")
			}
			query.Set(name, fmt.Sprint(value))
		}
		var answer any
		if status, body := get("projects/p/explore/" + q.name + "?" + query.Encode()); status != 200 || json.Unmarshal(body, &answer) != nil {
			w.t.Errorf("%s over REST: %d %.300s", q.name, status, body)
		}
		got[label(i)] = answer
	}
	return got
}

// count is the number of rows that have x.
func (w *world) count(config, project string) float64 {
	w.t.Helper()
	answer, _ := w.explore(config, project)[label(0)].(map[string]any)
	n, ok := answer["count"].(float64)
	if !ok {
		w.t.Fatalf("univariate of %s is %v", project, answer)
	}
	return n
}

// travel exports, imports into an empty store, and merges into a new and into an
// existing project.
func (w *world) travel() {
	w.t.Helper()
	w.run("sml", "export", "p", "-o", "p.sml", "-c", "read.yaml")
	w.run("sml", "import", "p.sml", "-c", "empty.yaml")
	w.same("an import", w.explore("empty.yaml", "p"))
	w.run("sml", "check", "p", "-c", "empty.yaml")
	w.run("sml", "merge", "new", "p.sml", "--as", "site", "-c", "empty.yaml")
	w.same("a merge into a new project", w.explore("empty.yaml", "new"))
	before := w.count("read.yaml", "q")
	w.run("sml", "merge", "q", "p.sml", "--as", "site", "-c", "read.yaml")
	if got := w.count("read.yaml", "q"); got < 1.999*before || got > 2.001*before {
		w.t.Errorf("%v rows after a merge of as many, want twice %v", got, before)
	}
	w.run("sml", "rename", "new", "newer", "-c", "empty.yaml", "--force")
	w.same("a rename", w.explore("empty.yaml", "newer"))
	w.run("sml", "delete", "newer", "--yes", "--force", "-c", "empty.yaml")
}
