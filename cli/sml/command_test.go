package sml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// quietObserver drops reports.
type quietObserver struct{}

func (quietObserver) Learned(string, int, int, int)  {}
func (quietObserver) Built(string, string)           {}
func (quietObserver) Limited(string, string, string) {}
func (quietObserver) Warn(string)                    {}

// site is a folder with a pipeline over two file caches.
type site struct {
	t      *testing.T
	dir    string
	config string
}

// newSite writes a pipeline that learns the project with these further fields.
func newSite(t *testing.T, project, fields string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	for _, d := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(s.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SML_TEST_SECRET", "s3cret")
	s.config = filepath.Join(s.dir, "pipeline.yaml")
	text := fmt.Sprintf(`
input: { generate: { count: 1, mapping: 'root = {}' } }
pipeline:
  processors:
    - label: learning
      try:
        - sml_learn: { project: "${SML_TEST_PROJECT:%s}", cache: first, models: [ { name: h, type: hba } ]%s }
output: { drop: {} }
cache_resources:
  - label: first
    file: { directory: %q }
  - label: second
    file: { directory: %q }
  - label: unreachable
    file: { directory: "/nonexistent/${SML_TEST_SECRET}" }
`, project, fields, filepath.Join(s.dir, "a"), filepath.Join(s.dir, "b"))
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs one command and returns its output and exit code.
func (s *site) run(name string, args ...string) (out string, code int) {
	s.t.Helper()
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		var said, log bytes.Buffer
		err := c.execute(context.Background(), nil, append(args, "-c", s.config), &said, &log)
		if err != nil {
			code = exitCode(err)
			fmt.Fprintf(&log, "%v", err)
		}
		return said.String() + log.String(), code
	}
	s.t.Fatalf("no command %q", name)
	return "", 0
}

// must runs a command that has to succeed, with --json, into the answer.
func (s *site) must(into any, name string, args ...string) {
	s.t.Helper()
	out, code := s.run(name, append(args, "--json")...)
	if code != 0 {
		s.t.Fatalf("%s %v exits with %d: %s", name, args, code, out)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		s.t.Fatalf("%s %v says %q: %v", name, args, out, err)
	}
}

// learn learns documents as a pipeline would, at positions from 0 on.
func (s *site) learn(project, shard string, documents []string) {
	s.t.Helper()
	ctx := context.Background()
	p, err := open(ctx, &options{sources: pipeline.Sources{Configs: []string{s.config}}, cache: "first"}, project, true)
	if err != nil {
		s.t.Fatal(err)
	}
	defer p.close()
	settings, _ := p.config.settings(project)
	if settings.Learn == nil {
		settings.Learn = p.config.opened[0].Learn // as the first learner does
	}
	settings.Project, settings.Cache, settings.Prefix = project, "first", p.prefix
	h, err := live.NewTable().Open(new(live.Scope), settings, p.store, "test", quietObserver{})
	if err != nil {
		s.t.Fatal(err)
	}
	messages := make([]live.Message, len(documents))
	for i, d := range documents {
		var row struct {
			ID string `json:"id"` // the key, where the project keeps any
		}
		if err := json.Unmarshal([]byte(d), &row); err != nil {
			s.t.Fatal(err)
		}
		messages[i] = live.Message{Data: []byte(d), Shard: shard, Offset: int64(i), HasOffset: true, Key: row.ID}
	}
	if err := h.Project().Learn(ctx, messages); err != nil {
		s.t.Fatal(err)
	}
	for i := range messages {
		if messages[i].Err != nil {
			s.t.Fatalf("document %s: %v", documents[i], messages[i].Err)
		}
	}
	if err := h.Close(ctx); err != nil {
		s.t.Fatal(err)
	}
}

// documents returns n documents with two numbers and a category.
func documents(n, from int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"x":%d.5,"y":%d,"c":"k%d"}`, from+i, (from+i)%7, (from+i)%3))
	}
	return out
}

func TestInfoAndList(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(30, 0))
	s.learn("p", "t/1", documents(12, 1))
	var got infoAnswer
	s.must(&got, "info", "p", "--cache", "first")
	if got.Rows != 42 || len(got.Shards) != 2 || len(got.Schema) != 3 || len(got.Models) != 1 {
		t.Errorf("info is %+v, want 42 rows, 2 shards, 3 attributes, 1 model", got)
	}
	if want := [][2]int64{{0, 29}}; fmt.Sprint(got.Shards[0].Positions) != fmt.Sprint(want) {
		t.Errorf("positions of %q are %v, want %v", got.Shards[0].ID, got.Shards[0].Positions, want)
	}
	var alone infoAnswer
	s.must(&alone, "info")
	if alone.Rows != got.Rows || alone.Content != got.Content {
		t.Errorf("info without arguments is %+v", alone)
	}
	s.learn("other", "t/0", documents(5, 0))
	var listed listAnswer
	s.must(&listed, "list")
	if len(listed.Projects) != 2 || listed.Projects[1].Project != "other" || listed.Projects[1].Rows != 5 {
		t.Errorf("list is %+v, want p and other", listed)
	}
	if text, code := s.run("info"); code != 0 || !strings.Contains(text, "t/0    30    1        30        0-29") {
		t.Errorf("text of info (exit %d):\n%s", code, text)
	}
}

func TestWrongUsage(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(3, 0))
	broken := newSite(t, "p", "")
	if err := os.WriteFile(broken.config, []byte("input: [ }"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := &site{t: t, config: filepath.Join(t.TempDir(), "none.yaml")}
	for _, c := range []struct {
		name string
		site *site
		args []string
		code int
		want []string
	}{
		{name: "unknown project", site: s, args: []string{"info", "nope"}, code: 1, want: []string{`"nope"`, "it lists p"}},
		{name: "unknown cache", site: s, args: []string{"info", "p", "--cache", "zz"}, code: 1, want: []string{`"zz"`, "first, second, unreachable"}},
		{name: "unreadable config", site: broken, args: []string{"info"}, code: 1, want: []string{"pipeline.yaml", "yaml"}},
		{name: "missing config", site: missing, args: []string{"info"}, code: 1, want: []string{"none.yaml"}},
		{name: "unknown flag", site: s, args: []string{"info", "--bad"}, code: 2, want: []string{"-bad"}},
		{name: "too many arguments", site: s, args: []string{"info", "p", "q"}, code: 2, want: []string{"2 arguments"}},
		{name: "bad name", site: s, args: []string{"info", "a/b"}, code: 2, want: []string{`"a/b"`}},
		{name: "unknown argument of a question", site: s, args: []string{"explore", "p", "ttest", "attribute=x", "alternativ=less"}, code: 2, want: []string{`"alternativ"`, "alternative"}},
		{name: "import without file", site: s, args: []string{"import"}, code: 2, want: []string{"FILE"}},
		{name: "import of a missing file", site: s, args: []string{"import", "none.sml"}, code: 1, want: []string{"none.sml"}},
		{name: "import of another file", site: s, args: []string{"import", s.config, "q"}, code: 1, want: []string{"magic"}},
		{name: "delete without yes", site: s, args: []string{"delete", "p"}, code: 2, want: []string{"would delete project p: 3 rows", "--yes"}},
		{name: "rename onto itself", site: s, args: []string{"rename", "p", "p"}, code: 2, want: []string{`"p"`}},
		{name: "merge into itself", site: s, args: []string{"merge", "p", "--from", "p"}, code: 2, want: []string{"itself"}},
		{name: "import without cache", site: s, args: []string{"merge", "p", "--from", "q", "--cache", "second"}, code: 1, want: []string{"unknown project", `"q"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := c.site.run(c.args[0], c.args[1:]...)
			if code != c.code {
				t.Errorf("exit code is %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("says %q, want it to contain %q", out, want)
				}
			}
			if strings.Contains(out, "s3cret") {
				t.Errorf("a secret is printed: %q", out)
			}
		})
	}
}

func TestMoveBetweenCaches(t *testing.T) {
	s := newSite(t, "p", ", partition: c")
	s.learn("p", "t/0", documents(30, 0))
	s.learn("p", "t/1", documents(12, 1))
	file := filepath.Join(s.dir, "p.sml")
	var wrote exportAnswer
	s.must(&wrote, "export", "p", "-o", file)
	var made importAnswer
	s.must(&made, "import", file, "p", "--cache", "second")
	var before, after infoAnswer
	s.must(&before, "info", "p")
	s.must(&after, "info", "p", "--cache", "second")
	if before.Content != after.Content || after.Rows != 42 || wrote.Content != made.Content {
		t.Errorf("content is %s before and %s after, with %v rows; the file says %s", before.Content, after.Content, after.Rows, wrote.Content)
	}
	if out, code := s.run("import", file, "p", "--cache", "second"); code != 1 || !strings.Contains(out, "--force") {
		t.Errorf("a second import exits with %d: %s", code, out)
	}
	s.must(&made, "import", file, "p", "--cache", "second", "--force")
	raw, code := s.run("export", "p", "-o", "-")
	if written, err := os.ReadFile(file); err != nil || code != 0 || raw != string(written) {
		t.Errorf("standard output has %d bytes, the file %d (%v)", len(raw), len(written), err)
	}
	// What was moved goes on where it was: the same positions are replays.
	s.learn("p", "t/0", documents(31, 0))
	s.must(&after, "info", "p")
	if after.Rows != 43 {
		t.Errorf("%v rows after one more and 30 replays, want 43", after.Rows)
	}
}

func TestRenameAndDelete(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(30, 0))
	var before, after infoAnswer
	s.must(&before, "info", "p")
	var changed changeAnswer
	s.must(&changed, "rename", "p", "q")
	s.must(&after, "info", "q")
	if before.Content != after.Content {
		t.Errorf("content is %s before and %s after", before.Content, after.Content)
	}
	if out, code := s.run("info", "p"); code != 1 || !strings.Contains(out, "it lists q") {
		t.Errorf("the old name exits with %d: %s", code, out)
	}
	s.must(&changed, "delete", "q", "--yes")
	if !changed.Done || changed.Rows != 30 {
		t.Errorf("delete says %+v", changed)
	}
	left, err := os.ReadDir(filepath.Join(s.dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if !strings.HasPrefix(f.Name(), "sml.projects.list.") {
			t.Errorf("%s is left", f.Name())
		}
	}
	// The name is free again.
	s.learn("q", "t/0", documents(4, 0))
	s.must(&after, "info", "q")
	if after.Rows != 4 {
		t.Errorf("%v rows after a new start, want 4", after.Rows)
	}
}

// fullDisk takes a few bytes and then fails, as a full disk does.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("no space left on device")

// TestAnswersThatCannotBeWrittenFail: a command whose output is lost does not
// succeed, whenever the disk is full.
func TestAnswersThatCannotBeWrittenFail(t *testing.T) {
	answers := map[string]answer{
		"info":   &infoAnswer{},
		"export": &exportAnswer{File: "x", Project: "p"},
	}
	for name, a := range answers {
		for _, asJSON := range []bool{false, true} {
			for left := range 12 {
				if err := print(a, asJSON, &fullDisk{left: left}); !errors.Is(err, errFull) {
					t.Errorf("%s, JSON %v, %d bytes: error is %v", name, asJSON, left, err)
				}
			}
		}
	}
}
