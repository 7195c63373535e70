package ui

import (
	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// nameSchema is the JSON schema of the name of a project or a model.
func nameSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": nameForm.String(), "description": "The name: 1 to 100 letters, digits, _ and -."}
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
	of := func(kind, description string) map[string]any {
		return map[string]any{"type": kind, "description": description}
	}
	inputs := of("array", "Attributes, or patterns such as s*; all but the target when left out.")
	inputs["items"] = map[string]any{"type": "string"}
	features := of("array", "Which columns of the inputs are used: `linear` and what `expand` of sml_learn computes; linear when left out.")
	features["items"] = map[string]any{"type": "string", "enum": expansion.Features()}
	return objectSchema([]string{"name", "type"}, map[string]any{
		"name": nameSchema(), "type": of("string", "The type of model; `types` lists them."),
		"target": of("string", "The attribute that is predicted, where the type predicts one."), "inputs": inputs, "features": features,
		"options": of("object", "Options of the type."), "refresh": of("object", "How often the model is built anew: `rows` and `every`."),
	})
}

// triedSchema is that of a definition whose name may be left out.
func triedSchema() map[string]any {
	out := definitionSchema()
	out["required"] = []string{"type"}
	return out
}

// rowsSchema is that of rows to learn or to predict: a list of objects, a data frame,
// or one object.
func rowsSchema() map[string]any {
	object := map[string]any{"type": "object"}
	texts := map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	frame := objectSchema([]string{"attributes", "rows"}, map[string]any{
		"attributes": texts, "types": texts,
		"rows": map[string]any{"type": "array", "minItems": 1, "maxItems": maxRows, "items": map[string]any{"type": "array", "items": map[string]any{}}},
	})
	return map[string]any{"anyOf": []any{map[string]any{"type": "array", "items": object, "minItems": 1, "maxItems": maxRows}, frame, object}}
}

// wholeRoutes change a project as a whole.
func wholeRoutes() []route {
	done := []string{"done"}
	fields := map[string]any{"models": map[string]any{"type": "array", "items": definitionSchema(), "description": "Definitions of models."}}
	for _, p := range param.List(func(r *param.Reader) { createSettings(r) }) {
		fields[p.Name] = p.Body()
	}
	kinds := map[string]any{
		"type": "object", "additionalProperties": map[string]any{"type": "string"},
		"description": "New types of attributes, by their names. What was learned of such an attribute begins anew.",
	}
	created := objectSchema(nil, fields)
	changes := map[string]any{attributesField: kinds}
	for _, p := range project.Alterable() {
		changes[p.Name] = p.Body()
	}
	renamed := objectSchema([]string{"name"}, map[string]any{"name": nameSchema()})
	return []route{
		{name: "create_project", verb: "POST", path: projectPath + "/create", summary: "Makes an empty project, with the models of the body and the settings of what it keeps and how it reads documents, which have the names of the fields of sml_learn.", body: created, optional: true, writes: true, required: done, serve: serveCreate},
		{name: "alter_project", verb: "POST", path: projectPath + "/alter", summary: "Changes settings of a project, and types of its attributes, and says what becomes of what was learned.", body: objectSchema(nil, changes), writes: true, required: []string{"done", "effects"}, ask: askAlter},
		long(route{name: "delete_project", verb: "POST", path: projectPath + "/delete", summary: "Deletes a project that nothing learns.", writes: true, required: done, serve: serveDeleteProject}),
		long(route{name: "rename_project", verb: "POST", path: projectPath + "/rename", summary: "Gives a project that nothing learns another name.", body: renamed, writes: true, required: done, serve: serveRename}),
		long(route{name: "import_project", verb: "POST", path: projectPath + "/import", summary: "Makes a project of an exported file.", file: true, writes: true, required: done, serve: serveImport}),
		{name: "forget_shard", verb: "POST", path: projectPath + "/forget-shard", summary: "Forgets everything that one shard has added to a project, such as a source that was merged. Its positions stay.", writes: true, required: []string{"done", "shard", "forgotten", "rows"}, ask: askForgetShard},
		long(route{name: "merge_project", verb: "POST", path: projectPath + "/merge", summary: "Adds an exported file, or another project of the cache, to a project, by the names of attributes. The same content counts once.", file: true, optional: true, writes: true, required: []string{"done", "shard", "rows"}, ask: askMerge}),
		{name: "freeze_project", verb: "POST", path: projectPath + "/freeze", summary: "Lets a project learn nothing until it is unfrozen.", writes: true, required: done, serve: serveFreezeProject},
		{name: "unfreeze_project", verb: "POST", path: projectPath + "/unfreeze", summary: "Lets a project learn again.", writes: true, required: done, serve: serveUnfreezeProject},
	}
}

// writeRoutes take rows and change models.
func writeRoutes() []route {
	done, rows := []string{"done"}, rowsSchema()
	version := map[string]any{"type": "object", "required": []string{"version"}, "properties": map[string]any{"version": map[string]any{"type": "string", "maxLength": 100, "description": "The name of the version."}}}
	return []route{
		long(route{name: "predict", verb: "POST", path: projectPath + "/predict", summary: "Predicts rows without learning them.", body: rows, takesRows: true, list: true, ask: askPredict}),
		longAfter(maxWait, route{name: "learn", verb: "POST", path: projectPath + "/learn", summary: "Learns rows. With shard and offset each counts once, however often it is sent.", body: rows, takesRows: true, writes: true, required: []string{"learned", "failed"}, ask: askLearn}),
		longAfter(maxWait, route{name: "forget", verb: "POST", path: projectPath + "/forget", summary: "Forgets rows, as often as learn counts them.", body: rows, takesRows: true, writes: true, required: []string{"forgotten", "failed"}, ask: askForget}),
		longAfter(maxWait, route{name: "learn_predict", verb: "POST", path: projectPath + "/learn-predict", summary: "Predicts rows, then learns them. With shard and offset each counts once.", body: rows, takesRows: true, writes: true, required: []string{"results", "learned"}, ask: askLearnPredict}),
		long(route{name: "try_model", verb: "POST", path: projectPath + "/try", summary: "Builds a model of what has been learned and describes it; nothing is stored. A name can be left out.", body: triedSchema(), required: []string{"name", "type"}, serve: serveTry}),
		{name: "define_model", verb: "POST", path: projectPath + "/models", summary: "Defines a model; one of that name is replaced.", body: definitionSchema(), writes: true, required: done, serve: serveDefine},
		long(route{name: "build_model", verb: "POST", path: modelPath + "/build", summary: "Builds a model from what has been learned by now.", writes: true, required: []string{"done", "milliseconds"}, serve: serveBuild}),
		long(route{name: "freeze_model", verb: "POST", path: modelPath + "/freeze", summary: "Keeps a version of a model.", body: version, writes: true, required: done, serve: serveFreeze}),
		{name: "serve_model", verb: "POST", path: modelPath + "/serve", summary: "Lets a kept version answer for a model. An empty version means the current model.", body: version, writes: true, required: done, serve: serveServe},
		{name: "set_threshold", verb: "POST", path: thresholdPath + "/set", summary: "Sets options of a threshold in place of those of its components, in every process within their `refresh`, until it is reset. Options that are left out stay as they are.", body: param.ObjectSchema(threshold.Parameters()), writes: true, required: []string{"done", "settings"}, serve: serveSetThreshold},
		{name: "reset_threshold", verb: "POST", path: thresholdPath + "/reset", summary: "Lets the settings of the components of a threshold count again. The scores that it is read off stay.", writes: true, required: []string{"done", "settings"}, serve: serveResetThreshold},
		{name: "delete_model", verb: "POST", path: modelPath + "/delete", summary: "Removes the definition of a model.", writes: true, required: done, serve: serveDelete},
	}
}
