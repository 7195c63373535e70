package plugin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // scanners, which inputs name
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/inputs/s3"
	"github.com/rpconnect-sml/rpconnect-sml/plugin"
	"github.com/rpconnect-sml/rpconnect-sml/tools/docgen"
	"github.com/rpconnect-sml/rpconnect-sml/tools/pyclient"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

var update = flag.Bool("update", false, "write the generated pages and the imports in docs/architecture.md")

// environments returns fresh environments with the plugin in them, and with what only
// some builds have.
func environments(t *testing.T) (*service.Environment, *hostbloblang.Environment) {
	t.Helper()
	env, functions := service.NewEnvironment(), hostbloblang.NewEnvironment()
	if err := errors.Join(plugin.Register(env, functions), s3.Register(env)); err != nil {
		t.Fatal(err)
	}
	return env, functions
}

// TestDocsAreGenerated fails when a page differs from its component's spec.
func TestDocsAreGenerated(t *testing.T) {
	env, functions := environments(t)
	pages, err := docgen.Components(env, "sml_")
	if err != nil {
		t.Fatal(err)
	}
	pages["bloblang"] = docgen.Functions(functions, "sml_")
	pages["../models"] = docgen.Models()
	dir := filepath.Join("..", "docs", "components")
	pages["../explore"] = withSection(t, filepath.Join(dir, "..", "explore.md"), "questions", docgen.Questions())
	for name, want := range pages {
		path := filepath.Join(dir, name+".md")
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s is missing: run go test ./plugin -run Docs -update", path)
			continue
		}
		if string(got) != want {
			t.Errorf("%s is not what the spec says: run go test ./plugin -run Docs -update", path)
		}
	}
}

// withSection returns a page with what is generated in it.
func withSection(t *testing.T, path, name, text string) string {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := docgen.Section(string(page), name, text)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// TestDocsOfTheInterface fails when the OpenAPI document that is stored, or a module
// of the Python client that is made of it, differs from what the code says.
func TestDocsOfTheInterface(t *testing.T) {
	var document bytes.Buffer
	if err := json.Indent(&document, ui.Document(), "", " "); err != nil {
		t.Fatal(err)
	}
	document.WriteByte('\n')
	operations, err := pyclient.Operations(document.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	models, err := pyclient.Models(document.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	client := filepath.Join("..", "clients", "python", "src", "rpconnect_sml")
	for path, want := range map[string]string{
		filepath.Join("..", "docs", "openapi.json"): document.String(),
		filepath.Join(client, "_operations.py"):     operations,
		filepath.Join(client, "models.py"):          models,
	} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is not what the interface says (%v): run go test ./plugin -run Docs -update", path, err)
		}
	}
}
