package sml

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// processorPrefix begins the names of the processors that open a project.
const processorPrefix = "sml_"

// config holds the parts of a pipeline's configuration that the commands need.
type config struct {
	path     string
	caches   []cacheConfig
	opened   []live.Settings              // one per processor that opens a project
	features []featureState               // one per sml_features and sml_change
	lists    []processors.FeatureSettings // of each of them
	judges   []judge                      // one per processor that judges scores
	hide     func(text string) string
}

// judge is a processor that may judge the scores of a project.
type judge struct{ project, name, yaml string }

// cacheConfig is one cache resource, with its variables put in.
type cacheConfig struct {
	label string
	yaml  string
}

// readConfig reads the files and finds caches and projects in them. Values of
// variables are in no error.
func readConfig(sources *pipeline.Sources) (*config, error) {
	if len(sources.Configs)+len(sources.Resources) == 0 {
		return nil, usagef("no configuration is given: name the pipeline's file with -c")
	}
	read, err := pipeline.Read(sources)
	if err != nil {
		return nil, err
	}
	c := &config{path: strings.Join(slices.Concat(sources.Configs, sources.Resources), " "), hide: read.Hide}
	if len(read.All()) == 0 {
		return nil, usagef("%q names no file", c.path)
	}
	for _, d := range read.All() {
		if err := c.readCaches(d); err != nil {
			return nil, err
		}
		if err := c.readProjects(d); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *config) readCaches(d *pipeline.Document) error {
	caches, err := d.Caches()
	if err != nil {
		return err
	}
	for _, cache := range caches {
		text, err := cache.YAML()
		if err != nil {
			return c.placed(d.File, cache, err)
		}
		c.caches = append(c.caches, cacheConfig{label: cache.Child("label").Text(), yaml: pipeline.Escaped(text)})
	}
	return nil
}

// placed says where an error is, without values of variables.
func (c *config) placed(file string, at *pipeline.Node, err error) error {
	return &pipeline.PlaceError{File: file, Line: at.Line, Column: at.Column, Path: at.Path, Err: errors.New(c.hide(yamlwords.Text(err.Error())))}
}

// readProjects finds the processors that open a project, wherever they are.
func (c *config) readProjects(d *pipeline.Document) error {
	components, err := d.Components(processors.Names()...)
	if err != nil {
		return err
	}
	for _, component := range components {
		text, err := component.Config.YAML()
		if err != nil {
			return c.placed(component.File, component.Config, err)
		}
		if processors.KeepsFeatures(component.Name) {
			f, err := processors.ReadFeatures(component.Name, text)
			if err != nil {
				return c.placed(component.File, component.Config, err)
			}
			c.lists = append(c.lists, f)
		}
		settings, err := processors.ReadSettings(component.Name, text)
		if errors.Is(err, processors.ErrNoProject) {
			c.readFeatures(&component)
			continue
		}
		if err != nil {
			return c.placed(component.File, component.Config, err)
		}
		c.opened = append(c.opened, settings)
		c.judges = append(c.judges, judge{settings.Project, component.Name, text})
	}
	return nil
}

// featureState names the state of an sml_features processor.
type featureState struct{ name, cache, prefix string }

// readFeatures notes a processor that keeps the state of features.
func (c *config) readFeatures(component *pipeline.Component) {
	s := featureState{name: component.Config.Child("name").Text(), cache: component.Config.Child("cache").Text(), prefix: component.Config.Child("prefix").Text()}
	if s.prefix == "" {
		s.prefix = defaultPrefix
	}
	if processors.KeepsFeatures(component.Name) && s.name != "" {
		c.features = append(c.features, s)
	}
}

// labels lists the caches for people.
func (c *config) labels() string {
	var names []string
	for _, k := range c.caches {
		names = append(names, k.label)
	}
	if len(names) == 0 {
		return "it has no cache_resources"
	}
	return "it has " + strings.Join(names, ", ")
}

// projects lists the projects that processors open in a cache, each once.
func (c *config) projects(cache string) []string {
	var names []string
	for _, s := range c.opened {
		if (cache == "" || s.Cache == cache) && !slices.Contains(names, s.Project) {
			names = append(names, s.Project)
		}
	}
	return names
}

// settings returns the settings with which a project is opened. Those of a
// learner are preferred.
func (c *config) settings(project string) (live.Settings, bool) {
	var found live.Settings
	ok := false
	for _, s := range c.opened {
		if s.Project == project && (!ok || found.Learn == nil && s.Learn != nil) {
			found, ok = s, true
		}
	}
	return found, ok
}

// cache finds the cache to use: the one that is named, else that of the
// project's processor, else the only one there is.
func (c *config) cache(label, project string) (string, error) {
	if label != "" {
		if !slices.ContainsFunc(c.caches, func(k cacheConfig) bool { return k.label == label }) {
			return "", fmt.Errorf("%w: %q is not among the caches of %q (%s)", errUnknownCache, label, c.path, c.labels())
		}
		return label, nil
	}
	if s, ok := c.settings(project); ok {
		return c.cache(s.Cache, "")
	}
	used := c.caches
	if len(used) > 1 {
		used = slices.DeleteFunc(slices.Clone(used), func(k cacheConfig) bool { return len(c.projects(k.label)) == 0 })
	}
	if len(used) == 1 {
		return used[0].label, nil
	}
	return "", usagef("which cache of %q? %s: choose one with --cache", c.path, c.labels())
}

// errUnknownCache is wrapped when the configuration lacks the cache.
var errUnknownCache = errors.New("unknown cache")
