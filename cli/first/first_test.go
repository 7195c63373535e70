package first

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/cli/lint"
	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

// table draws a table with a number, a category, an identifier and a gap, with names
// that YAML and paths have a meaning for.
func table(r *rand.Rand, names []string, rows int) [][]string {
	out := [][]string{names}
	for i := range rows {
		x := r.NormFloat64()
		cells := []string{fmt.Sprintf("%.3f", x), []string{"red", "green: blue", "x,\"y\""}[r.IntN(3)], fmt.Sprintf("id-%d", i), fmt.Sprintf("%.2f", 2*x+r.Float64())}
		if i > 30 && r.IntN(10) == 0 {
			cells[1] = ""
		}
		out = append(out, cells)
	}
	return out
}

// written writes the table in one of the forms that init reads.
func written(t *testing.T, form string, rows [][]string) string {
	t.Helper()
	var out bytes.Buffer
	switch form {
	case "json", "jsonl":
		var objects []string
		for _, row := range rows[1:] {
			var fields []string
			for i, cell := range row {
				text := fmt.Sprintf("%q", cell)
				if i == 0 || i == 3 {
					text = cell
				}
				fields = append(fields, fmt.Sprintf("%q:%s", rows[0][i], text))
			}
			objects = append(objects, "{"+strings.Join(fields, ",")+"}")
		}
		if form == "json" {
			out.WriteString("[" + strings.Join(objects, ",\n") + "]")
		} else {
			out.WriteString(strings.Join(objects, "\n") + "\n")
		}
	default:
		w := csv.NewWriter(&out)
		if form == "tsv" {
			w.Comma = '\t'
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "some table."+form)
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestInitOfDrawnTables: whatever the file, target, cache and page, what is written is
// a pipeline that the lint takes, with its rows learned.
func TestInitOfDrawnTables(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 3))
	for _, form := range []string{"csv", "tsv", "jsonl", "json"} {
		for _, target := range []string{"", "y: 1", "colour"} {
			names := []string{"x \"1\"", "colour", "key #", "y: 1"}
			file := written(t, form, table(r, names, 60))
			o := options{
				input: file, target: target, output: filepath.Join(t.TempDir(), "p.yaml"),
				cache: []string{cacheFile, cacheMemory, "redis://127.0.0.1:1"}[r.IntN(3)], page: []string{none, "127.0.0.1:4195"}[r.IntN(2)],
			}
			p, err := newPlan(context.Background(), o)
			if err != nil {
				t.Errorf("%s %q: %v", form, target, err)
				continue
			}
			if p.rows.Rows != 60 || p.rows.Learned != 60 {
				t.Errorf("%s: %d of %d rows are learned: %v", form, p.rows.Learned, p.rows.Rows, p.rows.Refused)
			}
			if a := p.rows.find("x \"1\""); a == nil || a.Type != "continuous" || a.Mean == nil {
				t.Errorf("%s: x is %+v", form, a)
			}
			if p.rows.find("key #") != nil {
				t.Errorf("%s: the identifier is learned", form)
			}
			looksRight(t, p)
		}
	}
}

// looksRight writes a plan and checks the files.
func looksRight(t *testing.T, p *plan) {
	t.Helper()
	test := testFile(p.output)
	if err := p.write(test); err != nil {
		t.Fatal(err)
	}
	if found, warned := lint.Files([]string{p.output}, &pipeline.Sources{}); len(found)+len(warned) > 0 {
		t.Errorf("the lint says %v", found)
	}
	text, err := os.ReadFile(p.output)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"model: unusual", "method: evt", "name: unusual, " + p.Detector.Model(), p.Detector.Threshold(), p.Detector.Why[0]}
	switch {
	case p.target == "colour":
		want = append(want, "type: naive_bayes", "evaluate:")
	case p.target != "":
		want = append(want, "type: ridge", "evaluate:")
	}
	if p.page != none {
		want = append(want, "sml_http")
	}
	for _, w := range want {
		if !strings.Contains(string(text), w) {
			t.Errorf("lacks %q:\n%s", w, text)
		}
	}
	testText, err := os.ReadFile(test)
	if err != nil {
		t.Fatal(err)
	}
	var cases struct{ Tests []map[string]any }
	if err := yaml.Unmarshal(testText, &cases); err != nil || len(cases.Tests) != 1 {
		t.Errorf("the test is %s (%v)", testText, err)
	}
	if err := p.write(test); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("files that are there: %v", err)
	}
}

// TestInitOfTopics writes pipelines for topics, of which nothing is known.
func TestInitOfTopics(t *testing.T) {
	for _, o := range []options{
		{topic: "readings", cache: cacheMemory, page: none},
		{topic: "a.b_c", target: "t", cache: cacheFile, page: "127.0.0.1:1"},
		{topic: "x", target: "colour", classify: true, cache: "redis://h:1", page: none},
	} {
		o.output, o.brokers = filepath.Join(t.TempDir(), "p.yaml"), "127.0.0.1:9092"
		p, err := newPlan(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		looksRight(t, p)
	}
}

// TestInitRefuses: each error names what is wrong and what there is.
func TestInitRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	good := written(t, "csv", table(r, []string{"a", "b", "c", "d"}, 5))
	empty := written(t, "csv", nil)
	list := written(t, "csv", [][]string{{"[1, 2]"}})
	for name, c := range map[string]struct {
		o    options
		want string
	}{
		"nothing":      {options{cache: cacheFile}, "--input FILE or --topic"},
		"both":         {options{input: good, topic: "x", cache: cacheFile}, "either"},
		"no file":      {options{input: "/nonexistent.csv", cache: cacheFile}, "/nonexistent.csv"},
		"empty file":   {options{input: empty, cache: cacheFile}, "is empty"},
		"no rows":      {options{input: list, cache: cacheFile}, "no row"},
		"no attribute": {options{input: good, target: "z", cache: cacheFile}, "it has a, b, c, d"},
		"no cache":     {options{input: good, cache: "postgres"}, "postgres"},
		"bad project":  {options{input: good, project: "a/b", cache: cacheFile}, "a/b"},
	} {
		if _, err := newPlan(context.Background(), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestAsk answers the questions from a text.
func TestAsk(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	file := written(t, "csv", table(r, []string{"a", "b", "c", "d"}, 5))
	for name, c := range map[string]struct {
		answers string
		want    options
		fails   bool
	}{
		"a file":           {answers: file + "\nd\n", want: options{input: file, target: "d"}},
		"no target":        {answers: file + "\n\n", want: options{input: file}},
		"a topic":          {answers: "readings\n\nnone\n", want: options{topic: "readings", brokers: "127.0.0.1:9092"}},
		"a category":       {answers: "readings\nb:1\nt\ncategory\n", want: options{topic: "readings", brokers: "b:1", target: "t", classify: true}},
		"no more answers":  {answers: "readings\n", fails: true},
		"a file to come":   {answers: "./later.csv\n\n", want: options{input: "./later.csv"}},
		"nothing answered": {answers: "", fails: true},
	} {
		var o options
		err := askFor(&o, strings.NewReader(c.answers), &bytes.Buffer{})
		if (err != nil) != c.fails || err == nil && o != c.want {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
}

// TestPreview shows types, what is missing, and what would be refused.
func TestPreview(t *testing.T) {
	rows := [][]byte{[]byte(`{"a":1,"b":"x"}`), []byte(`{"a":"no number","b":"y"}`), []byte(`[1]`), []byte(`{"a":3}`), []byte(`{"a":"none either"}`), []byte(`{`)}
	p, err := learnRows(context.Background(), "rows", "{ project: preview, cache: memory, attributes: { a: continuous } }", rows)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.text(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"6 rows, 2 learned", "continuous", "categorical", "would be refused, the first is row 2", "the first is row 3"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	nested := [][]byte{[]byte(`{"id":"a-1","v":{"x":1},"w":1}`), []byte(`{"id":"a-2","w":"NA"}`), []byte(`{"id":"a-1"}`)}
	if p, err = learnRows(context.Background(), "rows", plainLearner, nested); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := p.text(&out); err != nil || !strings.Contains(out.String(), "v is an object, of which nothing is learned") || !strings.Contains(out.String(), "the first value was \"a-1\"") {
		t.Errorf("of nested documents %v:\n%s", err, out.String())
	}
	if id := p.find("id"); id == nil || *id.Distinct != 2 {
		t.Errorf("the identifier is %+v, want 2 different values", id)
	}
	none := [][]byte{[]byte(`{"a":"zz","b":1}`), []byte(`{`)}
	if p, err = learnRows(context.Background(), "rows", "{ project: preview, cache: memory, attributes: { a: continuous } }", none); err != nil || p.Learned != 0 || len(p.Refused) != 2 {
		t.Errorf("where nothing is learned: %+v, %v", p, err)
	}
	if _, err := learnRows(context.Background(), "rows", "{ project: preview, cache: memory, attributes: { a: nothing } }", rows); err == nil {
		t.Error("wrong settings were taken")
	}
}

// TestInitStoresBatches: whatever the form of the file, what init writes stores what is
// learned once for a batch, not for each row.
func TestInitStoresBatches(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 3))
	for _, form := range []string{"csv", "tsv", "jsonl", "json"} {
		p, err := newPlan(context.Background(), options{
			input:  written(t, form, table(r, []string{"x", "colour", "key", "y"}, 200+r.IntN(400))),
			output: filepath.Join(t.TempDir(), "p.yaml"), cache: cacheMemory, page: []string{none, "127.0.0.1:4195"}[r.IntN(2)],
		})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if csv, ok := p.Input["csv"].(map[string]any); ok {
			got, _ = csv["batch_count"].(int)
		} else if broker, ok := p.Input["broker"].(map[string]any); ok {
			batching, _ := broker["batching"].(map[string]any)
			got, _ = batching["count"].(int)
		}
		if got != p.Detector.Batch || got < 2 {
			t.Errorf("%s: batches of %d rows, want %d: %v", form, got, p.Detector.Batch, p.Input)
		}
		looksRight(t, p)
	}
}
