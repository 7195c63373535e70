package processors

import (
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// compositionParameters are the settings of the statistics that a project keeps.
func compositionParameters() []param.Parameter {
	return param.List(func(r *param.Reader) { project.ReadComposition(r) })
}

func compositionFields() []*service.ConfigField {
	parameters := compositionParameters()
	out := make([]*service.ConfigField, len(parameters))
	for i := range parameters {
		out[i] = configField(&parameters[i]).Advanced()
	}
	return out
}

// readComposition reads which statistics are kept: those of keys where there is a
// key.
func readComposition(conf *service.ParsedConfig) (project.Composition, error) {
	given, err := configValues(conf, compositionParameters())
	if err != nil {
		return project.Composition{}, err
	}
	if !conf.Contains(fieldKey) {
		delete(given, fieldEntities)
	}
	r := param.NewReader(given, param.Typed)
	c := project.ReadComposition(r)
	return c, r.Close()
}
