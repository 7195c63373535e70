package ui

import (
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// nameSchema is the JSON schema of the name of a project or a model.
func nameSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": nameForm.String()}
}

// objectSchema is that of an object with some fields and no others.
func objectSchema(required []string, fields map[string]any) map[string]any {
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": fields}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// definitionSchema is that of the definition of a model.
func definitionSchema() map[string]any {
	text, object := map[string]any{"type": "string"}, map[string]any{"type": "object"}
	return objectSchema([]string{"name", "type"}, map[string]any{
		"name": nameSchema(), "type": text, "target": text, "inputs": map[string]any{"type": "array", "items": text},
		"options": object, "refresh": object,
	})
}

// rowsSchema is that of rows to learn or to predict.
func rowsSchema() map[string]any {
	object := map[string]any{"type": "object"}
	return map[string]any{"anyOf": []any{map[string]any{"type": "array", "items": object, "minItems": 1, "maxItems": maxRows}, object}}
}

// wholeRoutes change a project as a whole.
func wholeRoutes() []route {
	done := []string{"done"}
	fields := map[string]any{"models": map[string]any{"type": "array", "items": definitionSchema()}}
	for _, p := range param.List(func(r *param.Reader) { project.ReadComposition(r) }) {
		fields[p.Name] = p.Body()
	}
	kinds := map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}
	fields[attributesField] = kinds
	created := objectSchema(nil, fields)
	changes := map[string]any{attributesField: kinds}
	for _, p := range project.Alterable() {
		changes[p.Name] = p.Body()
	}
	renamed := objectSchema([]string{"name"}, map[string]any{"name": nameSchema()})
	return []route{
		{verb: "POST", path: projectPath + "/create", summary: "Makes an empty project, with the models of the body and the settings of what it keeps, which have the names of the fields of sml_learn, and the types of attributes.", body: created, optional: true, writes: true, required: done, serve: serveCreate},
		{verb: "POST", path: projectPath + "/alter", summary: "Changes settings of a project, and types of its attributes, and says what becomes of what was learned.", body: objectSchema(nil, changes), writes: true, required: []string{"done", "effects"}, ask: askAlter},
		long(route{verb: "POST", path: projectPath + "/delete", summary: "Deletes a project that nothing learns.", writes: true, required: done, serve: serveDeleteProject}),
		long(route{verb: "POST", path: projectPath + "/rename", summary: "Gives a project that nothing learns another name.", body: renamed, writes: true, required: done, serve: serveRename}),
		long(route{verb: "POST", path: projectPath + "/import", summary: "Makes a project of an exported file.", file: true, writes: true, required: done, serve: serveImport}),
		{verb: "POST", path: projectPath + "/forget-shard", summary: "Forgets everything that one shard has added to a project, such as a source that was merged. Its positions stay.", writes: true, required: []string{"done", "shard", "forgotten", "rows"}, ask: askForgetShard},
		long(route{verb: "POST", path: projectPath + "/merge", summary: "Adds an exported file, or another project of the cache, to a project, by the names of attributes. The same content counts once.", file: true, optional: true, writes: true, required: []string{"done", "shard", "rows"}, ask: askMerge}),
		{verb: "POST", path: projectPath + "/freeze", summary: "Lets a project learn nothing until it is unfrozen.", writes: true, required: done, serve: serveFreezeProject},
		{verb: "POST", path: projectPath + "/unfreeze", summary: "Lets a project learn again.", writes: true, required: done, serve: serveUnfreezeProject},
	}
}

// writeRoutes take rows and change models.
func writeRoutes() []route {
	done, rows := []string{"done"}, rowsSchema()
	version := map[string]any{"type": "object", "required": []string{"version"}, "properties": map[string]any{"version": map[string]any{"type": "string", "maxLength": 100}}}
	return []route{
		long(route{verb: "POST", path: projectPath + "/predict", summary: "Predicts rows without learning them.", body: rows, list: true, ask: askPredict}),
		{verb: "POST", path: projectPath + "/learn", summary: "Learns rows. With shard and offset each counts once, however often it is sent.", body: rows, writes: true, required: []string{"learned", "failed"}, ask: askLearn},
		{verb: "POST", path: projectPath + "/forget", summary: "Forgets rows, as often as learn counts them.", body: rows, writes: true, required: []string{"learned", "failed"}, ask: askForget},
		{verb: "POST", path: projectPath + "/learn-predict", summary: "Predicts rows, then learns them. With shard and offset each counts once.", body: rows, writes: true, required: []string{"results", "learned"}, ask: askLearnPredict},
		{verb: "POST", path: projectPath + "/models", summary: "Defines a model; one of that name is replaced.", body: definitionSchema(), writes: true, required: done, serve: serveDefine},
		long(route{verb: "POST", path: modelPath + "/build", summary: "Builds a model from what has been learned by now.", writes: true, required: []string{"done", "milliseconds"}, serve: serveBuild}),
		long(route{verb: "POST", path: modelPath + "/freeze", summary: "Keeps a version of a model.", body: version, writes: true, required: done, serve: serveFreeze}),
		{verb: "POST", path: modelPath + "/serve", summary: "Lets a kept version answer for a model. An empty version means the current model.", body: version, writes: true, required: done, serve: serveServe},
		{verb: "POST", path: modelPath + "/delete", summary: "Removes the definition of a model.", writes: true, required: done, serve: serveDelete},
	}
}
