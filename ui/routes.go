package ui

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Where a project, one of its models and one of its thresholds are.
const (
	projectPath   = "projects/{project}"
	modelPath     = projectPath + "/models/{model}"
	thresholdPath = projectPath + "/thresholds/{scores}"
)

// routes returns everything there is.
func routes() []route {
	all := slices.Concat(pageRoutes(), jobRoutes(), readRoutes(), allLong(plotRoutes()), wholeRoutes(), writeRoutes(), allLong(questionRoutes()))
	for i := range all {
		all[i].dated()
		if all[i].ask != nil {
			all[i].parameters = param.List(func(p *param.Reader) { all[i].ask(p) })
		}
	}
	return all
}

// pageRoutes are the files of the page and what describes the interface.
func pageRoutes() []route {
	return append(fileRoutes(), []route{
		{name: "openapi", verb: "GET", path: "openapi.json", summary: "This document.", required: []string{"openapi", "paths"}, serve: serveOpenAPI},
		{name: "model_types", verb: "GET", path: "types", summary: "The model types with their options.", list: true, serve: serveTypes},
	}...)
}

// readRoutes are the documents about projects and models.
func readRoutes() []route {
	return []route{
		{name: "projects", verb: "GET", path: "projects", summary: "The projects.", list: true, serve: serveProjects},
		{name: "project", verb: "GET", path: projectPath, summary: "What a project holds.", required: []string{"project", "rows", "schema", "models"}, serve: serveInfo},
		{name: "live", verb: "GET", path: projectPath + "/live", summary: "How a project is doing: rows, rows per second, staleness, shards.", required: []string{"rows", "rows_per_second"}, serve: serveLive},
		{name: "questions", verb: "GET", path: projectPath + "/questions", summary: "The questions that can be asked of a project.", list: true, serve: serveQuestions},
		{name: "activity", verb: "GET", path: projectPath + "/activity", summary: "What a project and its models have done lately in this process: rows per second, quality, anomalies and alarms of the last hour.", required: []string{"pace", "models", "alarms"}, serve: serveActivity},
		long(route{name: "over_time", verb: "GET", path: projectPath + "/over-time", summary: "One attribute in each step of the window that the project keeps.", required: []string{"attribute", "kept", "tiles"}, ask: askOverTime}),
		long(route{name: "summary", verb: "GET", path: projectPath + "/summary", summary: "Every attribute at once: its univariate statistics and, of a number, its histogram, without the outermost values where they lie far out.", required: []string{"attributes"}, ask: askSummary}),
		{name: "models", verb: "GET", path: projectPath + "/models", summary: "The models of a project.", list: true, serve: serveModels},
		long(route{name: "model", verb: "GET", path: modelPath, summary: "Everything that is known about a model, built from what has been learned.", required: []string{"name", "type", "built_from"}, serve: serveModel}),
		long(route{name: "compare", verb: "GET", path: projectPath + "/compare", summary: "Models side by side, built from the same statistics: their quality, cross-validated and running.", list: true, ask: askCompare}),
		long(route{name: "export_project", verb: "GET", path: projectPath + "/export", summary: "The whole project as a file.", content: typeBytes, serve: serveExport}),
		{name: "evaluation", verb: "GET", path: modelPath + "/evaluation", summary: "How good the predictions of a model have been, where an sml_score evaluates it: accuracy and the like of classes, errors of numbers. null where there is none.", required: []string{"evaluation"}, serve: serveEvaluation},
		{name: "evaluation_detail", verb: "GET", path: modelPath + "/evaluation-detail", summary: "What plots of the evaluation of a model are drawn from: curves and calibration of a class, or predictions and residuals of a number, and the quality over time.", required: []string{"evaluated"}, ask: askEvaluation},
		{name: "members", verb: "GET", path: modelPath + "/members", summary: "What the members of a pool, or of an adaptive model, have weighed and cost over time, where an sml_score or a test row by row has counted it. null where nothing has been counted.", required: []string{"members"}, serve: serveMembers},
		{name: "timeline", verb: "GET", path: modelPath + "/timeline", summary: "The scores that this process has given with a model by when: in each step how many, how many anomalies, and the rows of the extremes.", required: []string{"seconds", "steps"}, ask: askTimeline},
		{name: "thresholds", verb: "GET", path: projectPath + "/thresholds", summary: "The thresholds of all scores and watched values of a project: what each is now, of how many scores, and by which settings.", list: true, serve: serveThresholds},
		{name: "threshold", verb: "GET", path: thresholdPath, summary: "The threshold of the scores of a model, or of a watched value (watch.NAME); with options, what it would be with these.", required: []string{"name", "scores", "threshold", "settings"}, ask: askThreshold},
		{name: "incidents", verb: "GET", path: projectPath + "/incidents", summary: "The incidents of a project: those that are open, then those that were closed last, and how many alarms of how many rows each name has made into how many incidents.", required: []string{"incidents", "names"}, ask: askIncidents},
		{name: "scores", verb: "GET", path: modelPath + "/scores", summary: "The last and the highest scores that this process has given with a model.", required: []string{"recent", "top"}, ask: askScores},
	}
}

// plotRoutes are the pictures.
func plotRoutes() []route {
	return []route{
		{name: "plot_histogram", verb: "GET", path: projectPath + "/plots/histogram", summary: "The histogram of an attribute.", content: typeSVG, ask: plotHistogram},
		{name: "plot_correlation", verb: "GET", path: projectPath + "/plots/correlation", summary: "The correlations of the numeric attributes as a heat map.", content: typeSVG, ask: plotCorrelation},
		{name: "plot_bivariate", verb: "GET", path: projectPath + "/plots/bivariate", summary: "Two numeric attributes: their ellipses of 50, 90 and 99 %, their means and the line of least squares.", content: typeSVG, ask: plotBivariate},
		{name: "plot_pca", verb: "GET", path: projectPath + "/plots/pca", summary: "The loadings of the first two principal components.", content: typeSVG, ask: plotPCA},
		{name: "plot_scores", verb: "GET", path: modelPath + "/plot", summary: "The last scores of a model over time, with its thresholds and the quantiles of all scores.", content: typeSVG, ask: plotScores},
	}
}

// questionRoutes are the questions of the catalogue.
func questionRoutes() []route {
	questions := explore.Questions()
	out := make([]route, len(questions))
	for i, q := range questions {
		out[i] = route{name: q.Name, verb: "GET", path: projectPath + "/explore/" + q.Name, summary: q.Summary, ask: askQuestion(q)}
	}
	return out
}
