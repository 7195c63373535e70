package plugin_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// oneMore is what a contributor does for a throw-away model, question, feature
// and wrapper: a new file each, and one row in a table that exists.
var oneMore = []struct {
	file, as         string // of testdata/onemore, and where it goes
	table, row, with string // the table gets with in place of row
}{
	{file: "model.go.txt", as: "model/anomaly/throwaway.go", table: "model/anomaly/entries.go", row: "zscoreEntry(),", with: "zscoreEntry(),\n\t\tthrowawayEntry(),"},
	{file: "question.go.txt", as: "explore/throwaway.go", table: "explore/questions.go", row: "slices.Concat(describing(),", with: "slices.Concat(throwaway(), describing(),"},
	{
		file: "feature.go.txt", as: "features/throwaway.go", table: "features/catalogue.go", row: "\treturn []kind{\n",
		with: "\treturn []kind{\n\t\t{name: \"throwaway\", about: \"twice the value\", settings: spanning(1), history: past, read: throwaway},\n",
	},
	{file: "wrapper.go.txt", as: "project/layer_throwaway.go", table: "project/layers.go", row: "windowRow(),", with: "throwawayRow(),\n\t\twindowRow(),"},
	{file: "wrapper_test.go.txt", as: "processors/throwaway_wrapper_test.go"},
	{file: "surfaces_test.go.txt", as: "processors/throwaway_test.go"},
	{file: "mcp_test.go.txt", as: "mcpserver/throwaway_test.go"},
}

// oneMoreTests are what is asked of the module with these files laid over it: for
// them in YAML, Bloblang, REST, per key and in the documentation, and of all
// settings that can be drawn, now those of the wrapper too, that they are stored,
// read without any settings, exported and imported.
var oneMoreTests = []struct{ run, in string }{
	{run: "TestThrowaway", in: "./processors"},
	{run: "TestThrowaway|TestEvery|TestTools", in: "./mcpserver"},
	{run: "TestTableOfLayers|TestSettings|TestStoredBytesStay|TestOpenTellsAll", in: "./project"},
	{run: "TestReaderNeedsNoSettings", in: "./live"},
	{run: "TestAnySettingsTravel", in: "./internal/portable"},
}

// TestOneMore builds the module with these files laid over it, and runs these
// tests.
func TestOneMore(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the processors a second time")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	replaced := map[string]string{}
	for _, c := range oneMore {
		source, err := filepath.Abs(filepath.Join("testdata", "onemore", c.file))
		if err != nil {
			t.Fatal(err)
		}
		replaced[filepath.Join(root, c.as)] = source
		if c.table == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, c.table))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), c.row) != 1 {
			t.Fatalf("%s has %q %d times, want once", c.table, c.row, strings.Count(string(text), c.row))
		}
		table := filepath.Join(folder, strings.ReplaceAll(c.table, "/", "_"))
		if err := os.WriteFile(table, []byte(strings.Replace(string(text), c.row, c.with, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		replaced[filepath.Join(root, c.table)] = table
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range oneMoreTests {
		test := exec.Command("go", "test", "-overlay", file, "-count=1", "-run", c.run, c.in)
		test.Dir = root
		out, err := test.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "ok ") || strings.Contains(string(out), "no tests to run") {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%s", out)
	}
}
