package processors

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
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
		{name: driftName, spec: driftSpec, constructor: newDrift},
		{name: incidentsName, spec: incidentsSpec, constructor: newIncidents},
		{name: featuresName, spec: featuresSpec, constructor: newFeatures},
		{name: changeName, spec: changeSpec, constructor: newChange},
	}
}

// inWords returns a constructor whose errors are in the words of a user, also where the
// host reads a field for it, and name the component.
func inWords(build service.BatchProcessorConstructor) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p, err := build(conf, resources)
		if err == nil {
			return p, nil
		}
		if err = yamlwords.Error(err); !strings.HasPrefix(err.Error(), where(resources)) {
			err = fmt.Errorf("%s: %w", where(resources), err)
		}
		return nil, err
	}
}

// unmerged returns a constructor that refuses merges of YAML which the host has left out.
func unmerged(build service.BatchProcessorConstructor) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		raw, err := conf.FieldAny()
		if err == nil {
			err = yamlwords.Unmerged(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		return build(conf, resources)
	}
}

// Register adds all processors to the environment; they share the table.
func Register(env *service.Environment, table *live.Table) error {
	for _, c := range components() {
		build := c.constructor(table)
		if c.name != httpName {
			build = besides(build)
		}
		if err := env.RegisterBatchProcessor(c.name, c.spec(), inWords(unmerged(build))); err != nil {
			return fmt.Errorf("register processor %s: %w", c.name, err)
		}
	}
	return nil
}
