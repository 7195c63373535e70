//go:build integration

package surfaces

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// begin runs a pipeline until the function that it returns is called.
func (w *world) begin(config string) (stop func()) {
	w.t.Helper()
	cmd := exec.Command(w.binary, "run", config)
	cmd.Dir = w.folder
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Kill() // what it has stored is stored
		_ = cmd.Wait()
	}
}

// altered draws settings that can be altered, by the names of sml_learn.
func altered(r *rand.Rand) object {
	all := []struct {
		name   string
		values []any
	}{
		{"histogram_bins", []any{16, 64, 600}},
		{"conditional_bins", []any{0, 16, 100}},
		{"max_patterns", []any{1, 2, 64}},
		{"precision", []any{"auto", "extended", "double"}},
		{"max_categories", []any{2, 3, 300}},
		{"max_attributes", []any{20, 2000}},
		{"attributes.line", []any{"categorical", "binary", "continuous"}},
	}
	out := object{}
	for _, one := range all {
		if r.IntN(3) > 0 {
			out[one.name] = one.values[r.IntN(len(one.values))]
		}
	}
	if len(out) == 0 {
		out["max_patterns"] = 3
	}
	return out
}

// alter alters settings of a project: of q over REST, of others on the command line.
// Those that sml_learn must agree with are then among its fields.
func (w *world) alter(to object, project string, fields object) {
	w.t.Helper()
	w.write("alter.yaml", w.config("state", object{"generate": object{"count": 0, "mapping": "root = {}"}}, object{"sml_score": object{"project": project, "cache": "c", "model": "m"}}))
	if project == "q" {
		w.alterOver(project, to)
	} else {
		args := []string{"sml", "alter", project, "-c", "alter.yaml", "--yes", "--json"}
		for _, name := range slices.Sorted(maps.Keys(to)) {
			args = append(args, "--set", fmt.Sprintf("%s=%v", name, to[name]))
		}
		w.run(args...)
	}
	var info struct {
		Composition object
		Schema      []struct{ Name, Type string }
	}
	if err := json.Unmarshal(w.run("sml", "info", project, "-c", "alter.yaml", "--json"), &info); err != nil {
		w.t.Fatal(err)
	}
	for name, value := range to {
		attribute, isType := strings.CutPrefix(name, "attributes.")
		got := info.Composition[name]
		for _, a := range info.Schema {
			if isType && a.Name == attribute {
				got = a.Type
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(value) {
			w.t.Errorf("%s of %s is %v, want %v as altered", name, project, got, value)
		}
		if !isType && !strings.HasPrefix(name, "max_c") && !strings.HasPrefix(name, "max_a") {
			fields[name] = value
		}
	}
}

// alterOver alters settings over REST, first only to say what would happen.
func (w *world) alterOver(project string, to object) {
	w.t.Helper()
	body, kinds := object{}, object{}
	for name, value := range to {
		if attribute, ok := strings.CutPrefix(name, "attributes."); ok {
			kinds[attribute] = value
			body["attributes"] = kinds
		} else {
			body[name] = value
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	w.write("write.yaml", w.config("state", object{"http_server": object{
		"address": address, "path": "/sml/{rest:.*}", "allowed_verbs": []any{"GET", "POST"}, "timeout": "60s",
		"sync_response": object{"status": `${! @status.or("200") }`},
	}}, object{"sml_http": object{"cache": "c", "writable": true}}, object{"sync_response": object{}}, object{"mapping": "root = deleted()"}))
	defer w.begin("write.yaml")()
	content, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		url := fmt.Sprintf("http://%s/sml/projects/%s/alter?dry_run=%v", address, project, dry)
		for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			response, err := http.Post(url, "application/json", bytes.NewReader(content))
			if err != nil {
				if time.Since(begin) > patience {
					w.t.Fatal(err)
				}
				continue
			}
			said, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || response.StatusCode != 200 {
				w.t.Fatalf("alter to %s: status %d, %s, %v", content, response.StatusCode, said, err)
			}
			break
		}
	}
}

// TestAlterFeatures: the features of an sml_features are altered between two runs; the
// state of those that stay goes on, and the others begin anew.
func TestAlterFeatures(t *testing.T) {
	w := &world{t: t, binary: binary(t), folder: t.TempDir()}
	w.mkdir("state")
	run := func(from, to int, list ...object) (last object) {
		t.Helper()
		var data bytes.Buffer
		for i := from; i < to; i++ {
			fmt.Fprintf(&data, "{\"id\":\"a\",\"x\":%d}\n", i)
		}
		w.write("rows.jsonl", data.Bytes())
		w.write("features.yaml", w.config("state", lines(filepath.Join(w.folder, "rows.jsonl")),
			object{"sml_features": object{"name": "f", "cache": "c", "key": "${! this.id }", "features": list}}))
		if from > 0 {
			said := w.run("sml", "alter", "--features", "f", "-c", "features.yaml", "--yes")
			if !strings.Contains(string(said), "changed features f") || !strings.Contains(string(said), "goes on of: x_before") {
				t.Errorf("alter says %s", said)
			}
		}
		out := bytes.Split(bytes.TrimSpace(w.run("run", "features.yaml")), []byte("\n"))
		if err := json.Unmarshal(out[0], &last); err != nil {
			t.Fatalf("%v: %s", err, out[0])
		}
		return last
	}
	before := object{"name": "x_before", "type": "lag", "of": "x", "rows": 1}
	run(0, 5, before)
	if row := run(5, 8, before, object{"name": "x_two", "type": "lag", "of": "x", "rows": 2}); row["features"].(object)["x_before"] != 4.0 {
		t.Errorf("the first row after the change is %v, want the x of before, 4", row)
	}
	if said := w.run("sml", "features", "-c", "features.yaml", "--json"); !strings.Contains(string(said), `"rows":8`) && !strings.Contains(string(said), `"Rows":8`) {
		t.Errorf("features says %s, want 8 rows", said)
	}
}
