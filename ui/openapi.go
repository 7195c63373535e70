package ui

import (
	"context"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Document is the OpenAPI document of what APIs answer.
func Document() []byte { return answer(openAPI(routes())).Body }

// serveOpenAPI describes all routes as OpenAPI 3.0 has it.
func serveOpenAPI(_ context.Context, a *API, _ *Request) (*Response, error) {
	return answer(openAPI(a.routes)), nil
}

func openAPI(all []route) map[string]any {
	paths := map[string]any{}
	for i := range all {
		path := "/" + all[i].path
		verbs, ok := paths[path].(map[string]any)
		if !ok {
			verbs = map[string]any{}
			paths[path] = verbs
		}
		verbs[strings.ToLower(all[i].verb)] = all[i].operation()
	}
	return map[string]any{
		"openapi":    "3.0.3",
		"info":       map[string]any{"title": "rpconnect-sml", "version": "1", "description": "Projects that learn from streams: exploration, models, scores."},
		"paths":      paths,
		"components": map[string]any{"schemas": components()},
	}
}

// modelSchemas begins the names of the schemas of definitions, one a model type.
const modelSchemas = "Model_"

// components are the schemas by name: those of problems and jobs, and the
// definitions that `define_model` and `try_model` take, for each type of model.
func components() map[string]any {
	text := map[string]any{"type": "string"}
	out := map[string]any{"Job": jobSchema(), "Problem": map[string]any{
		"type": "object", "required": []string{"type", "title", "status", "detail", "instance"},
		"properties": map[string]any{
			"type": text, "instance": text, "title": text, "detail": text, "status": map[string]any{"type": "integer"},
			"field": map[string]any{"type": "string", "description": "The parameter, option or field that is wrong, where it is one."},
			"value": map[string]any{"description": "What it was given."},
		},
	}}
	for _, e := range catalogue.All() {
		of := definitionSchema()
		fields, _ := of["properties"].(map[string]any)
		fields["type"] = map[string]any{"type": "string", "enum": []string{e.Type}}
		options := param.ObjectSchema(e.Options())
		options["description"] = "Options of the type."
		fields["options"] = options
		required := []string{"type"}
		if e.Target {
			required = append(required, "target")
		} else {
			delete(fields, "target")
		}
		of["required"], of["description"], of["x-role"] = required, e.Summary, e.Role
		out[modelSchemas+e.Type] = of
	}
	return out
}

// jobSchema is the JSON schema of a jobReport.
func jobSchema() map[string]any {
	text, whole := map[string]any{"type": "string"}, map[string]any{"type": "integer"}
	return map[string]any{
		"type": "object", "required": []string{"job", "status", "path", "seconds", "see", "result"},
		"properties": map[string]any{
			"job": text, "path": text, "see": text, "result": text, "error": text, "seconds": map[string]any{"type": "number"},
			"status":   map[string]any{"type": "string", "enum": []string{jobRunning, jobDone, jobFailed, jobCancelled}},
			"progress": map[string]any{"type": "object", "properties": map[string]any{"stage": text, "done": whole, "of": whole}},
		},
	}
}

// operation describes one route.
func (r *route) operation() map[string]any {
	parameters := []any{}
	for _, segment := range strings.Split(r.path, "/") {
		if name, ok := variable(segment); ok {
			parameters = append(parameters, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "string", "minLength": 1}})
		}
	}
	for i := range r.parameters {
		p := &r.parameters[i]
		parameters = append(parameters, map[string]any{
			"name": p.Name, "in": "query", "required": p.Required, "description": p.Description, "schema": p.Schema(), "x-kind": p.Kind,
		})
	}
	out := map[string]any{"summary": r.summary, "parameters": parameters, "responses": r.responses()}
	if r.name != "" {
		out["operationId"] = r.name
	}
	if r.verb == "POST" {
		out["servers"] = []any{map[string]any{"url": "../sml-write", "description": "The input that takes POST."}}
	}
	if r.file {
		out["requestBody"] = map[string]any{"required": !r.optional, "content": map[string]any{typeBytes: map[string]any{"schema": map[string]any{"type": "string", "format": "binary"}}}}
	}
	if r.body != nil {
		content := map[string]any{typeJSON: map[string]any{"schema": r.body}}
		if r.takesRows {
			content[typeCSV] = map[string]any{"schema": map[string]any{"type": "string", "description": "A line of names, and a line for each row."}}
		}
		out["requestBody"] = map[string]any{"required": !r.optional, "content": content}
	}
	return out
}

func (r *route) responses() map[string]any {
	content, schema := r.content, map[string]any{"type": "string"}
	switch {
	case content != "":
	case r.list:
		content, schema = typeJSON, map[string]any{"type": "array", "items": map[string]any{}}
	case len(r.required) > 0:
		content, schema = typeJSON, map[string]any{"type": "object", "required": r.required}
	default:
		content, schema = typeJSON, map[string]any{}
	}
	contents := map[string]any{content: map[string]any{"schema": schema}}
	for _, other := range r.also {
		contents[other] = map[string]any{"schema": map[string]any{"type": "string"}}
	}
	out := map[string]any{
		"200": map[string]any{"description": "The answer.", "content": contents},
		"default": map[string]any{"description": "What is wrong (RFC 9457).", "content": map[string]any{
			typeProblem: map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}},
		}},
	}
	if r.job {
		out["202"] = map[string]any{"description": "The job that works on the answer.", "content": map[string]any{
			typeJSON: map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Job"}},
		}}
	}
	return out
}
