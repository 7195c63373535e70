package bloblang

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

func infoSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("What a project holds: `rows` learned, `schema`, `shards`, `models`, `as_of`, the time of the answer, and `staleness`, its age in seconds.").
		Param(projectParam()).
		ExampleNotTested("", `root.rows = sml_info("plant").rows`)
}

func newInfo(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *live.Project) (any, error) {
			return asMap(p.Info(ctx))
		})
	}, nil
}

func modelsSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("The models of a project: a list of objects with `name`, `type`, `target`, `built_from` (rows) and, when the build failed, `error`.").
		Param(projectParam()).
		ExampleNotTested("", `root.names = sml_models("plant").map_each(m -> m.name)`)
}

func newModels(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *live.Project) (any, error) {
			info, err := p.Info(ctx)
			if err != nil {
				return nil, err
			}
			return asMap(info.Models, nil)
		})
	}, nil
}

func modelSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("Everything that is known about a model: its definition, `built_from` (rows), `warming_up`, `model_inputs`, `classes`, and under `model` the description that is particular to its type, such as coefficients with their standard errors.").
		Param(projectParam()).Param(modelParam()).
		ExampleNotTested("", `root.type = sml_model("plant", "hba1").type`)
}

func newModel(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, paramModel)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *live.Project) (any, error) {
			return asMap(p.Models().Describe(ctx, names[1]))
		})
	}, nil
}

func modelParam() bloblang.ParamDefinition {
	return bloblang.NewStringParam(paramModel).Description("The name of a model of the project.")
}

func documentParam() bloblang.ParamDefinition {
	return bloblang.NewAnyParam("document").Description("The document, an object.")
}

func scoreSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("The result of a model for a document, with the same fields as in the processor `sml_score`. The score does not count for the quantiles of later scores.").
		Param(projectParam()).Param(modelParam()).Param(documentParam()).
		ExampleNotTested("", `root.score = sml_score("plant", "hba1", this).score`)
}

func newScore(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	return onDocument(table, args, func(ctx context.Context, p *live.Project, name string, document any) (any, error) {
		return asMap(p.ScoreValue(ctx, name, document))
	})
}

func predictSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("The answer of a model for a document: `prediction` of a regression, `class` and `probabilities` of a classifier, `score` of an anomaly model. Nothing is learned.").
		Param(projectParam()).Param(modelParam()).Param(documentParam()).
		ExampleNotTested("", `root.result = sml_predict("plant", "hba1", this)`)
}

// onDocument reads the arguments project, model and document and returns a
// function that calls f for each message.
func onDocument(table *live.Table, args *bloblang.ParsedParams, f func(ctx context.Context, p *live.Project, name string, document any) (any, error)) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, paramModel)
	if err != nil {
		return nil, err
	}
	document, err := args.Get("document")
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *live.Project) (any, error) {
			return f(ctx, p, names[1], document)
		})
	}, nil
}

func evaluationSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("How good the predictions of a model have been, test then train. An `sml_score` with `evaluate` must measure it; otherwise the answer is null. A classifier has `classes` with accuracy, log loss, AUC and the confusion matrix. A regression has `numbers` with RMSE, MAE and R2. The same measures are given for the window and for the decayed rows, when these are kept.").
		Param(projectParam()).Param(modelParam()).
		ExampleNotTested("", `root.quality = sml_evaluation("plant", "hba1") | "not evaluated"`)
}

func newEvaluation(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, paramModel)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *live.Project) (any, error) {
			return asMap(p.Scores().Evaluation(ctx, names[1]))
		})
	}, nil
}
