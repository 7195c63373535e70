package mcpserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// modelTool is the tool of one model type.
type modelTool struct {
	entry    model.Entry
	writable bool
}

// modelTools has one for each row of the catalogue.
func modelTools(writable bool) []modelTool {
	all := catalogue.All()
	out := make([]modelTool, len(all))
	for i := range all {
		out[i] = modelTool{entry: all[i], writable: writable}
	}
	return out
}

// Arguments of the tools of models, besides those of definitions.
const (
	projectArgument = "project"
	storeArgument   = "store"
)

// tool describes the tool.
func (m modelTool) tool() *mcp.Tool {
	text := func(description string) map[string]any {
		return map[string]any{"type": "string", "description": description}
	}
	properties := map[string]any{
		projectArgument: text("The project."),
		"name":          text("The name of the model, 1 to 100 letters, digits, _ and -; " + m.entry.Type + " when left out."),
		"inputs":        map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "description": "Attributes or patterns such as s*; all but the target when left out."},
		"features":      map[string]any{"type": "array", "items": map[string]any{"type": "string", "enum": expansion.Features()}, "description": "Which columns of the inputs are used: linear and what the project computes of them; linear when left out."},
		waitArgument:    map[string]any{"type": "number", "minimum": 0, "maximum": 60, "default": json.RawMessage(waited), "description": "How many seconds to wait for the answer; what takes longer goes on as a job."},
	}
	options := param.Draft2020(param.ObjectSchema(m.entry.Options()))
	options["description"] = "Options of the type."
	properties["options"] = options
	required := []string{projectArgument}
	if m.entry.Target {
		properties["target"] = text("The attribute that is predicted.")
		required = append(required, "target")
	}
	about := "Builds a model of what a project has learned and describes it; nothing is stored. "
	if m.writable {
		properties[storeArgument] = map[string]any{"type": "boolean", "default": false, "description": "Store the definition with the project, so that the model follows what is learned and can predict. One of that name is replaced."}
		about = "Builds a model of what a project has learned and describes it; with store it is kept with the project. "
	}
	return describe("build_"+m.entry.Type, about+m.entry.Summary, m.writable, properties, required)
}

// model answers calls of the tool of a model type.
func (o *Options) model(m modelTool) mcp.ToolHandler {
	return func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		given, err := argumentsOf(r)
		if err != nil {
			return refused(err), nil
		}
		d, err := m.read(given)
		if err != nil {
			return refused(err), nil
		}
		if !d.store {
			return result(o.API.Call(ctx, "try_model", d.definition)), nil
		}
		wait := d.definition[waitArgument]
		delete(d.definition, waitArgument)
		if defined := o.API.Call(ctx, "define_model", d.definition); defined.Status >= 400 {
			return result(defined), nil
		}
		return result(o.API.Call(ctx, "model", map[string]json.RawMessage{projectArgument: d.definition[projectArgument], "model": d.definition["name"], waitArgument: wait})), nil
	}
}

// defined is a call of the tool of a model type.
type defined struct {
	definition map[string]json.RawMessage // arguments of try_model and define_model
	store      bool
}

// read reads the arguments.
func (m modelTool) read(given map[string]json.RawMessage) (*defined, error) {
	out := &defined{definition: map[string]json.RawMessage{}}
	tool := m.tool()
	schema, _ := tool.InputSchema.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	for name, value := range given {
		if _, ok := properties[name]; !ok {
			return nil, fmt.Errorf("%q: unknown argument of %s", name, tool.Name)
		}
		if name == storeArgument {
			if json.Unmarshal(value, &out.store) != nil {
				return nil, fmt.Errorf("%s: %s, want true or false", name, value)
			}
			continue
		}
		out.definition[name] = value
	}
	if _, ok := out.definition[waitArgument]; !ok {
		out.definition[waitArgument] = json.RawMessage(waited)
	}
	typ, err := json.Marshal(m.entry.Type)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("type %s", m.entry.Type), err)
	}
	out.definition["type"] = typ
	if name := strings.TrimSpace(string(out.definition["name"])); name == "" || name == "null" {
		out.definition["name"] = typ
	}
	return out, nil
}
