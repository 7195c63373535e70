package processors

import (
	"errors"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// ReadSettings reads the configuration of one of this package's processors,
// the YAML under its name, and returns the settings with which it opens its
// project. Learn is nil for a processor that only reads. It builds nothing and needs no cache. The
// error names the processor and the field; a name that is no processor of this
// package is an error too.
func ReadSettings(name, yaml string) (live.Settings, error) {
	for _, c := range components() {
		if c.name != name {
			continue
		}
		settings, err := readSettings(c, yaml)
		if err != nil {
			return live.Settings{}, fmt.Errorf("%s: %w", name, err)
		}
		return settings, nil
	}
	return live.Settings{}, fmt.Errorf("%q is no processor that opens a project", name)
}

// ErrNoProject is wrapped when a processor has no field that names a project.
var ErrNoProject = errors.New("processor names no project")

func readSettings(c component, yaml string) (live.Settings, error) {
	if c.name == httpName {
		return live.Settings{}, ErrNoProject
	}
	conf, err := c.spec().ParseYAML(yaml, nil)
	if err != nil {
		return live.Settings{}, err
	}
	if !conf.Contains(fieldProject) {
		return live.Settings{}, ErrNoProject
	}
	var learn *live.LearnSettings
	if c.name == learnName {
		if learn, err = learnSettings(conf); err != nil {
			return live.Settings{}, err
		}
	}
	return projectSettings(conf, learn)
}

// Judge tells a project how a processor judges scores, as if the processor had opened
// it; yaml is what stands under its name. Processors that judge none are passed over.
func Judge(p *live.Project, name, yaml string) error {
	specs := map[string]func() *service.ConfigSpec{scoreName: scoreSpec, thresholdName: thresholdSpec}
	spec, ok := specs[name]
	if !ok {
		return nil
	}
	conf, err := spec().ParseYAML(yaml, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if name == scoreName {
		settings, err := scorerSettings(conf)
		if err == nil {
			_, err = p.NewScorer(settings)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	settings, err := watcherSettings(conf)
	if err == nil {
		_, err = p.NewWatcher(settings)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// projectSettings reads the fields of every processor that opens a project.
func projectSettings(conf *service.ParsedConfig, learn *live.LearnSettings) (live.Settings, error) {
	settings := live.Settings{Learn: learn}
	var err error
	if settings.Project, err = conf.FieldString(fieldProject); err != nil {
		return settings, err
	}
	if learn != nil {
		if settings.Places, err = readPlaces(conf); err != nil {
			return settings, err
		}
	}
	return settings, storeSettings(conf, &settings)
}

// storeSettings reads the fields about the cache.
func storeSettings(conf *service.ParsedConfig, settings *live.Settings) (err error) {
	if settings.Cache, err = conf.FieldString(fieldCache); err != nil {
		return err
	}
	if settings.Prefix, err = conf.FieldString(fieldPrefix); err != nil {
		return err
	}
	if settings.Refresh, err = conf.FieldDuration(fieldRefresh); err != nil {
		return err
	}
	settings.Exact = settings.Refresh == 0
	if settings.Refresh < 0 {
		return fmt.Errorf("%s: %v is negative", fieldRefresh, settings.Refresh)
	}
	return nil
}
