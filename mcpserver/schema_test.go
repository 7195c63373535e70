package mcpserver_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// resolves reports what is wrong with a JSON Schema: it must be one of 2020-12,
// and its defaults must be what it takes.
func resolves(text []byte) error {
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		return fmt.Errorf("no JSON Schema: %w", err)
	}
	if _, err := schema.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true}); err != nil {
		return err
	}
	return nil
}

// checkSchema requires that the input schema is JSON Schema of an object, in which
// each property is described and all that is required is declared.
func checkSchema(t *testing.T, tool *mcp.Tool) {
	t.Helper()
	text, err := json.Marshal(tool.InputSchema)
	if err != nil {
		t.Fatal(err)
	}
	if err := resolves(text); err != nil {
		t.Errorf("%s: %v in %s", tool.Name, err, text)
	}
	var schema struct {
		Type       string
		Required   []string
		Properties map[string]struct{ Description string }
	}
	if err := json.Unmarshal(text, &schema); err != nil || schema.Type != "object" {
		t.Errorf("%s: the schema is %s (%v)", tool.Name, text, err)
	}
	for _, name := range schema.Required {
		if _, ok := schema.Properties[name]; !ok {
			t.Errorf("%s requires %s, which it does not have", tool.Name, name)
		}
	}
	for name, p := range schema.Properties {
		if p.Description == "" {
			t.Errorf("%s does not describe %s", tool.Name, name)
		}
	}
}
