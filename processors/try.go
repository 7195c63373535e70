package processors

import (
	"context"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Trial constructs processors as the start of a pipeline does, by the same
// constructors, over caches that are labels only. So it refuses what the start
// refuses. Nothing is read, written or connected to. It is for one configuration, and
// not for concurrent use.
type Trial struct {
	table  *live.Table
	scope  *live.Scope
	caches []string
	made   map[string]service.BatchProcessorConstructor
	specs  map[string]*service.ConfigSpec
	open   []service.BatchProcessor
}

// NewTrial returns a trial of a configuration that has caches of these labels.
func NewTrial(caches []string) *Trial {
	t := &Trial{table: live.NewTable(), scope: new(live.Scope), caches: caches, made: map[string]service.BatchProcessorConstructor{}, specs: map[string]*service.ConfigSpec{}}
	for _, c := range components() {
		t.made[c.name] = unmerged(c.constructor(t.table))
	}
	return t
}

// Names are the names of the processors of this package.
func Names() (out []string) {
	for _, c := range components() {
		out = append(out, c.name)
	}
	return out
}

// Processor constructs the processor of that name by its configuration, the YAML under
// its name, at a path. What it opens stays open beside the others of the trial, so that
// two components that contradict each other are refused; with keep false it is closed
// again. The error is the one of the start.
func (t *Trial) Processor(name, path, yaml string, keep bool) error {
	if t.made[name] == nil {
		return fmt.Errorf("%q is no processor of this program", name)
	}
	conf, err := t.spec(name).ParseYAML(yaml, nil)
	if err != nil {
		return err
	}
	p, err := t.made[name](conf, t.resources(path))
	if err != nil {
		return err
	}
	if keep {
		t.open = append(t.open, p)
		return nil
	}
	return p.Close(context.Background())
}

// spec returns the spec of a processor, which is made once, as its lint rules are
// parsed then.
func (t *Trial) spec(name string) *service.ConfigSpec {
	for _, c := range components() {
		if c.name == name && t.specs[name] == nil {
			t.specs[name] = c.spec()
		}
	}
	return t.specs[name]
}

// resources are those that a processor of the trial sees.
func (t *Trial) resources(path string) *service.Resources {
	var options []service.MockResourcesOptFn
	for _, label := range t.caches {
		options = append(options, service.MockResourcesOptAddCache(label))
	}
	r := service.MockResources(options...)
	r.SetGeneric(pathKey{}, path)
	r.SetGeneric(scopeKey{}, t.scope)
	return r
}

// Close closes what is open. There is nothing to write, as nothing was learned.
func (t *Trial) Close() error {
	var failed error
	for _, p := range t.open {
		if err := p.Close(context.Background()); err != nil {
			failed = err
		}
	}
	t.open = nil
	return failed
}
