package bloblang

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// function is one row of the catalogue of functions.
type function struct {
	name string
	spec func() *bloblang.PluginSpec
	// constructor reads the arguments and returns what is run per message.
	constructor func(table *live.Table, args *bloblang.ParsedParams) (bloblang.Function, error)
}

// catalogue lists every function of this package.
func catalogue() []function {
	return append(askings(),
		function{name: "sml_explore", spec: exploreSpec, constructor: newExplore},
		function{name: "sml_score", spec: scoreSpec, constructor: newScore},
		function{name: "sml_predict", spec: predictSpec, constructor: newScore},
		function{name: "sml_info", spec: infoSpec, constructor: newInfo},
		function{name: "sml_models", spec: modelsSpec, constructor: newModels},
		function{name: "sml_evaluation", spec: evaluationSpec, constructor: newEvaluation},
		function{name: "sml_model", spec: modelSpec, constructor: newModel},
	)
}

// Register adds all functions to the environment; they share the table.
func Register(env *bloblang.Environment, table *live.Table) error {
	for _, f := range catalogue() {
		constructor := func(args *bloblang.ParsedParams) (bloblang.Function, error) { return f.constructor(table, args) }
		if err := env.RegisterFunctionV2(f.name, f.spec().Category("Machine Learning").Beta().Impure(), constructor); err != nil {
			return fmt.Errorf("register function %s: %w", f.name, err)
		}
	}
	return nil
}

const (
	paramProject = "project"
	paramPart    = "part"
	paramModel   = "model"
)

func projectParam() bloblang.ParamDefinition {
	return bloblang.NewStringParam(paramProject).Description("The name of a project that a component of this process has open, such as `sml_learn` or `sml_score`.")
}

func partParam() bloblang.ParamDefinition {
	return bloblang.NewStringParam(paramPart).Description("The statistics to ask, when the project keeps several in parallel, such as `history`, `window` or `decay`; `earlier`, `older`, `newer` for parts of history and window; `shard:` or `project:` and a name. `key:` and a key means those of one key, as in `\"key:\" + this.machine`. Empty means the main statistics.").Default("")
}
