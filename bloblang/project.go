package bloblang

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/engine"
)

func infoSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("What a project holds: `rows` learned, `schema`, `shards`, `models`, and `staleness`, the age of the answer in seconds.").
		Param(projectParam()).
		ExampleNotTested("", `root.rows = sml_info("shuttle").rows`)
}

func newInfo(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *engine.Project) (any, error) {
			return asMap(p.Info(ctx))
		})
	}, nil
}

func scoreSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("The result of a model for a document, as `sml_score` the processor gives it. The score does not count for the quantiles of later ones.").
		Param(projectParam()).
		Param(bloblang.NewStringParam("model").Description("The name of a model of the project.")).
		Param(bloblang.NewAnyParam("document").Description("The document, an object.")).
		ExampleNotTested("", `root.score = sml_score("shuttle", "hba1", this).score`)
}

func newScore(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, "model")
	if err != nil {
		return nil, err
	}
	document, err := args.Get("document")
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, names[0], func(ctx context.Context, p *engine.Project) (any, error) {
			return asMap(p.ScoreValue(ctx, names[1], document))
		})
	}, nil
}
