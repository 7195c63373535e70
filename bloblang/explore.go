package bloblang

import (
	"context"
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/engine"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// answerTimeout bounds how long a function waits for a project to load.
const answerTimeout = 10 * time.Second

// withProject finds an open project and asks it something, in bounded time.
func withProject(table *engine.Table, name string, question func(context.Context, *engine.Project) (any, error)) (any, error) {
	p, err := table.Find(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	answer, err := question(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("project %q: %w", name, err)
	}
	return answer, nil
}

// ask runs question on a part of the project's current snapshot.
func ask(table *engine.Table, project, part string, question func(*stats.Summary) (any, error)) (any, error) {
	return withProject(table, project, func(ctx context.Context, p *engine.Project) (any, error) {
		summary, err := p.Summary(ctx, part)
		if err != nil {
			return nil, err
		}
		return question(summary)
	})
}

// stringArgs reads the named string arguments in order.
func stringArgs(args *bloblang.ParsedParams, names ...string) ([]string, error) {
	out := make([]string, len(names))
	for i, name := range names {
		var err error
		if out[i], err = args.GetString(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func univariateSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("Everything that is known about one attribute: `count`, `missing`, and for numbers `mean`, `variance` (n - 1), `stddev`, `stderr`, `skewness`, `kurtosis` (excess), `min`, `max`, `median`, `ci95`; for categories `values`, the count of each, `other`, how many different ones there are (`distinct`) and the heaviest of those without room (`other_top`). What is not defined is null.").
		Param(projectParam()).Param(attributeParam(paramAttribute)).Param(partParam()).
		ExampleNotTested("", `root.mean = sml_univariate("shuttle", "s1").mean`)
}

func newUnivariate(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, paramAttribute, paramPart)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return ask(table, names[0], names[2], func(s *stats.Summary) (any, error) { return asMap(explore.Univariate(s, names[1])) })
	}, nil
}

func quantileSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("A quantile of an attribute, as a number, from its histogram; null while there are no values.").
		Param(projectParam()).Param(attributeParam(paramAttribute)).
		Param(bloblang.NewFloat64Param("q").Description("Which quantile, from 0 to 1.")).
		Param(partParam()).
		ExampleNotTested("", `root.slow = this.latency > sml_quantile("requests", "latency", 0.99)`)
}

func newQuantile(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, paramAttribute, paramPart)
	if err != nil {
		return nil, err
	}
	q, err := args.GetFloat64("q")
	if err != nil {
		return nil, err
	}
	if !(q >= 0 && q <= 1) {
		return nil, fmt.Errorf("q is %v, want 0 to 1", q)
	}
	return func() (any, error) {
		return ask(table, names[0], names[2], func(s *stats.Summary) (any, error) {
			return numberOrNil(explore.Quantile(s, names[1], q))
		})
	}, nil
}

func correlationSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("The Pearson correlation of two numeric attributes, as a number, over the rows that have both; null where one of them is constant.").
		Param(projectParam()).Param(attributeParam("a")).Param(attributeParam("b")).Param(partParam()).
		ExampleNotTested("", `root.r = sml_correlation("shuttle", "s1", "s2")`)
}

func newCorrelation(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, "a", "b", paramPart)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return ask(table, names[0], names[3], func(s *stats.Summary) (any, error) {
			return numberOrNil(explore.Correlation(s, names[1], names[2]))
		})
	}, nil
}

func bivariateSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("What is known about two attributes together, over the rows that have both: for two numbers `count`, `covariance`, `correlation` and the means; for a category and a number the conditional `count`, `mean`, `variance` and `stddev` per value; for two categories the contingency counts.").
		Param(projectParam()).Param(attributeParam("a")).Param(attributeParam("b")).Param(partParam()).
		ExampleNotTested("", `root.by_machine = sml_bivariate("plant", "machine", "temperature").conditional`)
}

func newBivariate(table *engine.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, "a", "b", paramPart)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return ask(table, names[0], names[3], func(s *stats.Summary) (any, error) { return asMap(explore.Bivariate(s, names[1], names[2])) })
	}, nil
}
