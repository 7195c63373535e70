package processors

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// component is one row of the catalogue of processors.
type component struct {
	name        string
	spec        func() *service.ConfigSpec
	constructor func(table *live.Table) service.BatchProcessorConstructor
}

// components lists every processor of this package.
func components() []component {
	return []component{
		{name: httpName, spec: httpSpec, constructor: newHTTP},
		{name: thresholdName, spec: thresholdSpec, constructor: newThreshold},
		{name: learnName, spec: learnSpec, constructor: newLearn},
		{name: scoreName, spec: scoreSpec, constructor: newScore},
		{name: featuresName, spec: featuresSpec, constructor: newFeatures},
	}
}

// Register adds all processors to the environment; they share the table.
func Register(env *service.Environment, table *live.Table) error {
	for _, c := range components() {
		if err := env.RegisterBatchProcessor(c.name, c.spec(), c.constructor(table)); err != nil {
			return fmt.Errorf("register processor %s: %w", c.name, err)
		}
	}
	return nil
}
