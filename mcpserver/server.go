package mcpserver

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// Options of a server.
type Options struct {
	// API answers the calls.
	API *ui.API
	// Writable offers the tools that change something; the API must be writable.
	Writable bool
	// Version is that of the program.
	Version string
}

// instructions tell a client what the tools are about.
const instructions = "Projects learn from streams of rows and keep statistics of them, no rows. `projects` lists them, `project` tells what one has learned: rows, attributes with their types, models. " +
	"Then ask a question about its attributes (`questions` lists them), or build a model of what has been learned (`build_` and a type) and `predict` rows with it. " +
	"What takes longer than `wait` seconds goes on as a job: see `job` and `job_result`."

// New returns a server with all tools.
func New(o Options) *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "rpconnect-sml", Title: "Streaming machine learning", Version: o.Version}, &mcp.ServerOptions{Instructions: instructions, PageSize: 1000})
	for _, op := range o.API.Operations() {
		if o.Writable || !op.Writes {
			s.AddTool(operationTool(op), o.operation(op))
		}
	}
	for _, m := range modelTools(o.Writable) {
		s.AddTool(m.tool(), o.model(m))
	}
	return s
}

// waited is how many seconds a call waits for its answer, unless it says so:
// clients give up after a minute.
const waited = "50"

// waitArgument is the argument that says how long to wait.
const waitArgument = "wait"

// operationTool describes an operation.
func operationTool(op ui.Operation) *mcp.Tool {
	properties, required := map[string]any{}, []string{}
	for _, a := range op.Arguments {
		properties[a.Name] = param.Draft2020(a.Schema)
		if a.Required {
			required = append(required, a.Name)
		}
	}
	if wait, ok := properties[waitArgument].(map[string]any); ok {
		wait["default"] = json.RawMessage(waited)
	}
	return describe(op.Name, op.Summary, op.Writes, properties, required)
}

// describe makes a tool of its arguments.
func describe(name, summary string, writes bool, properties map[string]any, required []string) *mcp.Tool {
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	closed := false
	return &mcp.Tool{
		Name: name, Description: summary, InputSchema: schema,
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: !writes, OpenWorldHint: &closed},
	}
}

// operation answers calls of the tool of an operation.
func (o *Options) operation(op ui.Operation) mcp.ToolHandler {
	waits := false
	for _, a := range op.Arguments {
		waits = waits || a.Name == waitArgument
	}
	return func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		arguments, err := argumentsOf(r)
		if err != nil {
			return refused(err), nil
		}
		if _, ok := arguments[waitArgument]; waits && !ok {
			arguments[waitArgument] = json.RawMessage(waited)
		}
		return result(o.API.Call(ctx, op.Name, arguments)), nil
	}
}

// argumentsOf reads the arguments of a call.
func argumentsOf(r *mcp.CallToolRequest) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	if len(r.Params.Arguments) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(r.Params.Arguments, &out); err != nil {
		return nil, fmt.Errorf("arguments: %w", jsonwords.Error(err))
	}
	if out == nil { // of null
		out = map[string]json.RawMessage{}
	}
	return out, nil
}

// refused is the result of a call that cannot be made. Clients show it to the
// model that made the call, which can then make a better one.
func refused(err error) *mcp.CallToolResult {
	return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: err.Error()}}}
}

// result is the answer of the API as that of a tool. A problem is an error of the
// tool; its text is the detail, and the document is the structured content.
func result(r *ui.Response) *mcp.CallToolResult {
	text := string(r.Body)
	var structured map[string]any // clients of earlier versions take objects only
	if json.Unmarshal(r.Body, &structured) != nil {
		structured = nil
	}
	out := &mcp.CallToolResult{IsError: r.Status >= 400}
	if detail, ok := structured["detail"].(string); ok && out.IsError {
		text = fmt.Sprintf("%v: %s", structured["title"], detail)
	}
	if structured != nil {
		out.StructuredContent = json.RawMessage(r.Body)
	}
	out.Content = []mcp.Content{&mcp.TextContent{Text: text}}
	return out
}
