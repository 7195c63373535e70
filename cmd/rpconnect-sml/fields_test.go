//go:build !lean && !apache

package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// otherFields are those of the host's output redpanda that sml_kafka does not
// have, with the reason.
var otherFields = map[string]string{
	"timestamp": "deprecated by the host: timestamp_ms",
}

// A pipeline changes the name of its output and nothing else.
func TestTheOutputHasTheFieldsOfTheHosts(t *testing.T) {
	ours := outputFields(t, "sml_kafka")
	for _, field := range outputFields(t, "redpanda") {
		if !slices.Contains(ours, field) && otherFields[field] == "" {
			t.Errorf("sml_kafka has no field %s", field)
		}
	}
	for field := range otherFields {
		if slices.Contains(ours, field) {
			t.Errorf("sml_kafka has the field %s, which the list says it has not", field)
		}
	}
}

func outputFields(t *testing.T, name string) []string {
	t.Helper()
	var out []string
	service.GlobalEnvironment().WalkOutputs(func(found string, view *service.ConfigView) {
		if found != name {
			return
		}
		text, err := view.FormatJSON()
		if err != nil {
			t.Fatal(err)
		}
		var spec struct {
			Config struct {
				Children []struct {
					Name string `json:"name"`
				} `json:"children"`
			} `json:"config"`
		}
		if err := json.Unmarshal(text, &spec); err != nil {
			t.Fatal(err)
		}
		for _, c := range spec.Config.Children {
			out = append(out, c.Name)
		}
	})
	if len(out) < 10 {
		t.Fatalf("the fields of %s are %v", name, out)
	}
	return out
}
