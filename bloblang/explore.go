package bloblang

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// answerTimeout bounds how long a function waits for a project to load.
const answerTimeout = 10 * time.Second

// withProject finds a project that is open, or was, and calls question with it, for at most
// answerTimeout.
func withProject(table *live.Table, name string, question func(context.Context, *live.Project) (any, error)) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	p, err := table.Answering(ctx, name)
	if err != nil {
		return nil, err
	}
	answer, err := question(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("project %q: %w", name, err)
	}
	return answer, nil
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

// asking is a function that asks one question of package explore: its
// parameters are those of the question, after the project and before the part.
type asking struct {
	question string
	about    string
	example  string
}

// function returns the row of the catalogue. The question is looked up here and
// not per message. For an unknown question the function returns the error.
func (a asking) function(name string) function {
	q, err := explore.Lookup(a.question)
	if err != nil {
		return function{
			name:        name,
			spec:        bloblang.NewPluginSpec,
			constructor: func(*live.Table, *bloblang.ParsedParams) (bloblang.Function, error) { return nil, err },
		}
	}
	return function{
		name: name,
		spec: func() *bloblang.PluginSpec { return a.spec(q) },
		constructor: func(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
			return newAsking(table, q, args)
		},
	}
}

func (a asking) spec(q *explore.Question) *bloblang.PluginSpec {
	spec := bloblang.NewPluginSpec().Description(a.about).Param(projectParam())
	for i := range q.Parameters {
		spec = spec.Param(parameter(&q.Parameters[i]))
	}
	return spec.Param(partParam()).ExampleNotTested("", a.example)
}

// parameter declares a question's parameter to the host.
func parameter(p *param.Parameter) bloblang.ParamDefinition {
	var out bloblang.ParamDefinition
	switch p.Kind {
	case param.KindNumber:
		out = bloblang.NewFloat64Param(p.Name)
	case param.KindInteger:
		out = bloblang.NewInt64Param(p.Name)
	case param.KindBoolean:
		out = bloblang.NewBoolParam(p.Name)
	case param.KindAttributes, param.KindTexts:
		out = bloblang.NewAnyParam(p.Name)
	default:
		out = bloblang.NewStringParam(p.Name)
	}
	out = out.Description(p.Help())
	if !p.Required {
		out = out.Optional()
	}
	return out
}

func newAsking(table *live.Table, q *explore.Question, args *bloblang.ParsedParams) (bloblang.Function, error) {
	given := param.Values{}
	for _, p := range q.Parameters {
		value, err := args.Get(p.Name)
		if err != nil {
			return nil, err
		}
		if value != nil {
			given[p.Name] = value
		}
	}
	names, err := stringArgs(args, paramProject, paramPart)
	if err != nil {
		return nil, err
	}
	return asked(table, names[0], names[1], q, given)
}

// asked returns the function that asks a question whose arguments are fixed.
func asked(table *live.Table, project, part string, question *explore.Question, args param.Values) (bloblang.Function, error) {
	query, err := live.NewQuery(question, part, args)
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		return withProject(table, project, func(ctx context.Context, p *live.Project) (any, error) {
			answer, err := p.Ask(ctx, query)
			if err != nil {
				return nil, err
			}
			return answer.Tree(), nil
		})
	}, nil
}

func exploreSpec() *bloblang.PluginSpec {
	return bloblang.NewPluginSpec().
		Description("Asks any question by its name; the functions that are named after questions are short forms of this. `docs/explore.md` lists the questions with their arguments and answers.").
		Param(projectParam()).
		Param(bloblang.NewStringParam("question").Description("The name of a question, such as `svd`.")).
		Param(bloblang.NewAnyParam("arguments").Description("An object with the arguments by name.").Default(map[string]any{})).
		Param(partParam()).
		ExampleNotTested("", `root.singular = sml_explore("plant", "svd", {"attributes": ["temperature", "pressure", "vibration"]}).values`)
}

func newExplore(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error) {
	names, err := stringArgs(args, paramProject, "question", paramPart)
	if err != nil {
		return nil, err
	}
	given, err := args.Get("arguments")
	if err != nil {
		return nil, err
	}
	object, ok := given.(map[string]any)
	if !ok {
		return nil, errors.New("arguments: want an object with the arguments by name")
	}
	q, err := explore.Lookup(names[1])
	if err != nil {
		return nil, err
	}
	return asked(table, names[0], names[2], q, object)
}
