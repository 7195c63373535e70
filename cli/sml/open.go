package sml

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

const (
	defaultPrefix = "sml"
	closeTimeout  = time.Second
)

// opened is a cache of the configuration, and in it a project.
type opened struct {
	config  *config
	label   string
	store   state.Store
	prefix  string
	project string
	close   func()
}

// open builds the caches of the configuration and finds the project, if one is
// needed, in the arguments or in the configuration.
func open(ctx context.Context, o *options, name string, needed bool) (*opened, error) {
	c, err := readConfig(&o.sources)
	if err != nil {
		return nil, err
	}
	if o.cache != "" {
		if _, err := c.cache(o.cache, ""); err != nil {
			return nil, err
		}
	}
	if name == "" && needed {
		names := c.projects(o.cache)
		if len(names) != 1 {
			return nil, usagef("which project? %s", nameProjects(c, names))
		}
		name = names[0]
	}
	if needed {
		if err := project.ValidateName("project", name); err != nil {
			return nil, &usageError{text: err.Error()}
		}
	}
	p := &opened{config: c, project: name}
	if p.label, err = c.cache(o.cache, name); err != nil {
		return nil, err
	}
	if p.prefix, err = prefixOf(c, o, name, p.label); err != nil {
		return nil, err
	}
	return p, p.build(ctx)
}

func nameProjects(c *config, names []string) string {
	if len(names) == 0 {
		return fmt.Sprintf("no %s* processor in %q names one", processorPrefix, c.path)
	}
	return fmt.Sprintf("%q has %s", c.path, strings.Join(names, ", "))
}

// prefixOf finds the prefix: the one that is given, that of the project's
// processor, or that of any processor on the cache.
func prefixOf(c *config, o *options, name, label string) (string, error) {
	prefix := defaultPrefix
	if s, ok := c.settings(name); ok {
		prefix = s.Prefix
	} else {
		for _, s := range c.opened {
			if s.Cache == label {
				prefix = s.Prefix
			}
		}
	}
	if o.prefix != "" {
		prefix = o.prefix
	}
	if err := project.ValidateName("prefix", prefix); err != nil {
		return "", &usageError{text: err.Error()}
	}
	return prefix, nil
}

// build makes the cache resources. All are made, as one may be made of others;
// most connect at first use only.
func (p *opened) build(ctx context.Context) (err error) {
	builder := service.NewResourceBuilder()
	builder.DisableLinting()
	for _, k := range p.config.caches {
		if err := builder.AddCacheYAML(k.yaml); err != nil {
			return fmt.Errorf("cache %q of %q: %s", k.label, p.config.path, p.config.hide(yamlwords.Text(err.Error())))
		}
	}
	resources, stop, err := builder.Build()
	if err != nil {
		return fmt.Errorf("build the caches of %q: %s", p.config.path, p.config.hide(yamlwords.Text(err.Error())))
	}
	p.close = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		_ = stop(ctx) // what was written is written: caches keep nothing back
	}
	if p.store, err = cachestore.New(resources, p.label); err != nil {
		p.close()
		return err
	}
	return nil
}

func (p *opened) base() string { return project.Base(p.prefix, p.project) }

// read reads the project. The error about an unknown project lists the known
// ones.
func (p *opened) read(ctx context.Context) (*portable.Export, error) {
	return p.reading(ctx, portable.Read)
}

// look is like read, without the statistics per key.
func (p *opened) look(ctx context.Context) (*portable.Export, error) {
	return p.reading(ctx, portable.ReadRows)
}

type readFunc func(ctx context.Context, store state.Store, prefix, name string) (*portable.Export, error)

func (p *opened) reading(ctx context.Context, read readFunc) (*portable.Export, error) {
	export, err := read(ctx, p.store, p.prefix, p.project)
	if errors.Is(err, portable.ErrNoProject) {
		return nil, p.unknown(ctx, err)
	}
	return export, p.explain(err)
}

func (p *opened) unknown(ctx context.Context, err error) error {
	known := "it lists none"
	if names, listErr := project.NewIndex(p.store, p.prefix).List(ctx); listErr == nil && len(names) > 0 {
		known = "it lists " + strings.Join(names, ", ")
	}
	return fmt.Errorf("%w in cache %q under prefix %q (%s)", err, p.label, p.prefix, known)
}

// explain adds the name of the cache to an error of the store.
func (p *opened) explain(err error) error {
	if errors.Is(err, state.ErrStore) {
		return fmt.Errorf("cache %q does not answer as it should: %w", p.label, err)
	}
	return err
}
