package sml

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
)

// processorPrefix begins the names of the processors that open a project.
const processorPrefix = "sml_"

// config holds the parts of a pipeline's configuration that the commands need.
type config struct {
	path   string
	caches []cacheConfig
	opened []live.Settings // one per processor that opens a project
	// features are the settings of each sml_features.
	features []processors.FeatureSettings
}

// cacheConfig is one cache resource as it stands in the file: variables are
// put in when it is built, so that no secret is ever in what is printed.
type cacheConfig struct {
	label string
	yaml  string
}

// readConfig reads the file and finds caches and projects in it.
func readConfig(path string) (*config, error) {
	if path == "" {
		return nil, usagef("no configuration is given: name the pipeline's file with -c")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c := &config{path: path}
	if err := c.readCaches(text); err != nil {
		return nil, fmt.Errorf("read configuration %q: %w", path, err)
	}
	if err := c.readProjects(string(text)); err != nil {
		return nil, fmt.Errorf("read configuration %q: %w", path, err)
	}
	return c, nil
}

var variable = regexp.MustCompile(`\$\{[^{}]*\}`)

// maskVariables puts a plain word in place of each variable, as the host replaces
// them before it reads the file as YAML, in which a brace begins a map. The
// replacer turns the words back.
func maskVariables(text string) (masked string, unmask *strings.Replacer) {
	var pairs []string
	masked = variable.ReplaceAllStringFunc(text, func(found string) string {
		word := fmt.Sprintf("sml_variable_%d_", len(pairs)/2)
		pairs = append(pairs, word, found)
		return word
	})
	return masked, strings.NewReplacer(pairs...)
}

func (c *config) readCaches(text []byte) error {
	var file struct {
		Caches []yaml.Node `yaml:"cache_resources"`
	}
	masked, unmask := maskVariables(string(text))
	if err := yaml.Unmarshal([]byte(masked), &file); err != nil {
		return err
	}
	for i := range file.Caches {
		var named struct {
			Label string `yaml:"label"`
		}
		if err := file.Caches[i].Decode(&named); err != nil {
			return fmt.Errorf("cache_resources.%d: %w", i, err)
		}
		own, err := yaml.Marshal(&file.Caches[i])
		if err != nil {
			return fmt.Errorf("cache_resources.%d: %w", i, err)
		}
		c.caches = append(c.caches, cacheConfig{label: unmask.Replace(named.Label), yaml: unmask.Replace(string(own))})
	}
	return nil
}

// readProjects finds the processors that open a project, wherever they are.
func (c *config) readProjects(text string) error {
	builder := service.NewStreamBuilder()
	builder.DisableLinting()
	if err := builder.SetYAML(text); err != nil {
		return err
	}
	return builder.WalkComponents(func(w *service.WalkedComponent) error {
		if w.ComponentType != "processor" || !strings.HasPrefix(w.Name, processorPrefix) {
			return nil
		}
		var component map[string]yaml.Node
		if err := yaml.Unmarshal([]byte(w.ConfigYAML()), &component); err != nil {
			return fmt.Errorf("%s: %w", w.Path, err)
		}
		node := component[w.Name]
		own, err := yaml.Marshal(&node)
		if err != nil {
			return fmt.Errorf("%s: %w", w.Path, err)
		}
		if w.Name == processors.FeaturesName {
			f, err := processors.ReadFeatures(string(own))
			if err != nil {
				return fmt.Errorf("%s: %w", w.Path, err)
			}
			c.features = append(c.features, f)
			return nil
		}
		settings, err := processors.ReadSettings(w.Name, string(own))
		if errors.Is(err, processors.ErrNoProject) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", w.Path, err)
		}
		c.opened = append(c.opened, settings)
		return nil
	})
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
