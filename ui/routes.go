package ui

import "github.com/rpconnect-sml/rpconnect-sml/explore"

// projectPath begins the paths of what there is of one project.
const projectPath = "projects/{project}"

// routes returns everything there is.
func routes() []route {
	part := parameter{name: "part", kind: "string", description: "Which of the statistics that are kept side by side: history, window or decay; key: and a key for those of one key; the main ones when empty."}
	attribute := parameter{name: "attribute", kind: "string", required: true, description: "A numeric attribute."}
	label := parameter{name: "label", kind: "string", description: "The field of the documents that has the true label."}
	object := map[string]any{"type": "object"}
	rows := map[string]any{"anyOf": []any{map[string]any{"type": "array", "items": object, "minItems": 1, "maxItems": maxRows}, object}}
	version := map[string]any{"type": "object", "required": []string{"version"}, "properties": map[string]any{"version": map[string]any{"type": "string", "maxLength": 100}}}
	definition := map[string]any{"type": "object", "required": []string{"name", "type"}, "additionalProperties": false, "properties": map[string]any{
		"name": map[string]any{"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$"}, "type": map[string]any{"type": "string"},
		"target": map[string]any{"type": "string"}, "inputs": map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		"options": object, "refresh": object,
	}}
	renamed := map[string]any{"type": "object", "required": []string{"name"}, "additionalProperties": false, "properties": map[string]any{"name": map[string]any{"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$"}}}
	created := map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{"models": map[string]any{"type": "array", "items": definition}}}
	key := parameter{name: "key", kind: "string", description: "Where the project keeps statistics per key: the dot path of the field of each row that is its key."}
	position := []parameter{
		{name: "shard", kind: "string", description: "The source of the rows, with offset: 1 to 100 letters, digits, _ and -."},
		{name: "offset", kind: "integer", description: "The number of the first row in its source, from 0; those after it follow."},
		key,
	}
	const (
		project = projectPath
		one     = project + "/models/{model}"
	)
	done := []string{"done"}
	all := []route{
		{verb: "GET", path: "", summary: "The page.", content: "text/html; charset=utf-8", serve: servePage("index.html")},
		{verb: "GET", path: "page.css", summary: "The style of the page.", content: "text/css; charset=utf-8", serve: servePage("page.css")},
		{verb: "GET", path: "page.js", summary: "The script of the page.", content: "text/javascript; charset=utf-8", serve: servePage("page.js")},
		{verb: "GET", path: "dom.js", summary: "What the script of the page is written with.", content: "text/javascript; charset=utf-8", serve: servePage("dom.js")},
		{verb: "GET", path: "forms.js", summary: "The forms of the page.", content: "text/javascript; charset=utf-8", serve: servePage("forms.js")},
		{verb: "GET", path: "views.js", summary: "The views of the page.", content: "text/javascript; charset=utf-8", serve: servePage("views.js")},
		{verb: "GET", path: "openapi.json", summary: "This document.", required: []string{"openapi", "paths"}, serve: serveOpenAPI},
		{verb: "GET", path: "types", summary: "The model types with their options.", list: true, serve: serveTypes},
		{verb: "GET", path: "projects", summary: "The projects.", list: true, serve: serveProjects},
		{verb: "GET", path: project, summary: "What a project holds.", required: []string{"project", "rows", "schema", "models"}, serve: serveInfo},
		{verb: "GET", path: project + "/live", summary: "How a project is doing: rows, rows per second, staleness, shards.", required: []string{"rows", "rows_per_second"}, serve: serveLive},
		{verb: "GET", path: project + "/questions", summary: "The questions that can be asked of a project.", list: true, serve: serveQuestions},
		{verb: "GET", path: project + "/summary", summary: "Every attribute at once: its univariate statistics and, of a number, its histogram, without the outermost values where they lie far out.", parameters: []parameter{part, {name: "like", kind: "string", description: "The part whose ranges the histograms have, to compare two."}}, required: []string{"attributes"}, serve: serveSummary},
		{verb: "GET", path: project + "/models", summary: "The models of a project.", list: true, serve: serveModels},
		{verb: "GET", path: one, summary: "Everything that is known about a model, built from what has been learned.", required: []string{"name", "type", "built_from"}, serve: serveModel},
		{verb: "GET", path: project + "/compare", summary: "Models side by side, built from the same statistics: their quality, cross-validated and running.", list: true, parameters: []parameter{{name: "models", kind: "string", description: "Names between commas; all models when empty."}}, serve: serveCompare},
		{verb: "GET", path: project + "/export", summary: "The whole project as a file.", content: typeBytes, serve: serveExport},
		{verb: "GET", path: one + "/scores", summary: "The last and the highest scores that this process has given with a model.", parameters: []parameter{label, {name: "recent", kind: "integer", description: "How many of the last scores at most; all that are remembered when empty."}}, required: []string{"recent", "top"}, serve: serveScores},
		{verb: "GET", path: project + "/plots/histogram", summary: "The histogram of an attribute.", parameters: []parameter{attribute, part}, content: typeSVG, serve: plotHistogram},
		{verb: "GET", path: project + "/plots/correlation", summary: "The correlations of the numeric attributes as a heat map.", parameters: []parameter{part}, content: typeSVG, serve: plotCorrelation},
		{verb: "GET", path: project + "/plots/bivariate", summary: "Two numeric attributes: their ellipses of 50, 90 and 99 %, their means and the line of least squares.", parameters: []parameter{{name: "a", kind: "string", required: true, description: "A numeric attribute."}, {name: "b", kind: "string", required: true, description: "A numeric attribute."}, part}, content: typeSVG, serve: plotBivariate},
		{verb: "GET", path: project + "/plots/pca", summary: "The loadings of the first two principal components.", parameters: []parameter{{name: "attributes", kind: "string", description: "The numeric attributes, between commas or as a JSON array; all when empty."}, part}, content: typeSVG, serve: plotPCA},
		{verb: "GET", path: one + "/plot", summary: "The last scores of a model over time, with its thresholds and the quantiles of all scores.", parameters: []parameter{label, {name: "usual", kind: "string", description: "The value of the label that is not an anomaly; rows of others are ringed."}}, content: typeSVG, serve: plotScores},
		{verb: "POST", path: project + "/predict", summary: "Predicts rows without learning them.", body: rows, list: true, parameters: []parameter{{name: "model", kind: "string", required: true, description: "The model."}}, serve: servePredict},
		{verb: "POST", path: project + "/create", summary: "Makes an empty project, with the models of the body.", body: created, optional: true, writes: true, required: done, serve: serveCreate},
		{verb: "POST", path: project + "/delete", summary: "Deletes a project that nothing learns.", writes: true, required: done, serve: serveDeleteProject},
		{verb: "POST", path: project + "/rename", summary: "Gives a project that nothing learns another name.", body: renamed, writes: true, required: done, serve: serveRename},
		{verb: "POST", path: project + "/import", summary: "Makes a project of an exported file.", file: true, writes: true, required: done, serve: serveImport},
		{verb: "POST", path: project + "/merge", summary: "Adds an exported file, or another project of the cache, to a project, by the names of attributes. The same content counts once.", file: true, optional: true, writes: true, required: []string{"done", "shard", "rows"}, parameters: []parameter{{name: "from", kind: "string", description: "A project of the cache, instead of a body."}, {name: "name", kind: "string", description: "A name for the source: a later export under it takes the place of the earlier one."}}, serve: serveMerge},
		{verb: "POST", path: project + "/freeze", summary: "Lets a project learn nothing until it is unfrozen.", writes: true, required: done, serve: serveFreezeProject},
		{verb: "POST", path: project + "/unfreeze", summary: "Lets a project learn again.", writes: true, required: done, serve: serveUnfreezeProject},
		{verb: "POST", path: project + "/learn", summary: "Learns rows. With shard and offset each counts once, however often it is sent.", parameters: position, body: rows, writes: true, required: []string{"learned", "failed"}, serve: serveLearn},
		{verb: "POST", path: project + "/forget", summary: "Forgets rows, as often as learn counts them.", parameters: position, body: rows, writes: true, required: []string{"learned", "failed"}, serve: serveForget},
		{verb: "POST", path: project + "/learn-predict", summary: "Predicts rows, then learns them.", body: rows, writes: true, required: []string{"results", "learned"}, parameters: append([]parameter{{name: "model", kind: "string", required: true, description: "The model."}}, position...), serve: serveLearnPredict},
		{verb: "POST", path: project + "/models", summary: "Defines a model; one of that name is replaced.", body: definition, writes: true, required: done, serve: serveDefine},
		{verb: "POST", path: one + "/build", summary: "Builds a model from what has been learned by now.", writes: true, required: []string{"done", "milliseconds"}, serve: serveBuild},
		{verb: "POST", path: one + "/freeze", summary: "Keeps a version of a model.", body: version, writes: true, required: done, serve: serveFreeze},
		{verb: "POST", path: one + "/serve", summary: "Lets a kept version answer for a model; an empty one means the living model.", body: version, writes: true, required: done, serve: serveServe},
		{verb: "POST", path: one + "/delete", summary: "Removes the definition of a model.", writes: true, required: done, serve: serveDelete},
	}
	for _, q := range explore.Questions() {
		all = append(all, questionRoute(q, project, part))
	}
	return all
}

// questionRoute turns a question of the catalogue into a route.
func questionRoute(q explore.Question, project string, part parameter) route {
	out := route{verb: "GET", path: project + "/explore/" + q.Name, summary: q.Summary, serve: serveQuestion(q.Name)}
	for _, p := range q.Parameters {
		kind := "string"
		switch p.Kind {
		case explore.KindNumber, explore.KindInteger, explore.KindBoolean:
			kind = string(p.Kind)
		}
		out.parameters = append(out.parameters, parameter{name: p.Name, kind: kind, required: p.Required, description: p.Description})
	}
	out.parameters = append(out.parameters, part)
	return out
}
