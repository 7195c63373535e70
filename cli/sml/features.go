package sml

import (
	"context"
	"fmt"
	"io"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// featuresAnswer is the state of the sml_features processors of the files.
type featuresAnswer struct {
	States []featuresState `json:"states"`
}

type featuresState struct {
	Name   string              `json:"name"`
	Cache  string              `json:"cache"`
	Prefix string              `json:"prefix"`
	Shards []features.Overview `json:"shards"`
}

// showFeatures shows the states of features: those that the files name, or the one of
// that name.
func showFeatures(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[NAME]"); err != nil {
		return nil, err
	}
	c, err := readConfig(&o.sources)
	if err != nil {
		return nil, err
	}
	out := &featuresAnswer{States: []featuresState{}}
	for _, s := range c.features {
		if name := first(o.args); name != "" && name != s.name || o.cache != "" && o.cache != s.cache {
			continue
		}
		at := *o
		at.cache, at.prefix = s.cache, s.prefix
		p, err := open(ctx, &at, "", false)
		if err != nil {
			return nil, err
		}
		shards, err := features.Look(ctx, p.store, project.Base(s.prefix, s.name)+".features")
		p.close()
		if err != nil {
			return nil, p.explain(err)
		}
		out.States = append(out.States, featuresState{Name: s.name, Cache: s.cache, Prefix: s.prefix, Shards: shards})
	}
	if len(out.States) == 0 {
		var names []string
		for _, s := range c.features {
			names = append(names, s.name)
		}
		name := first(o.args)
		if name == "" {
			return nil, usagef("%q has no sml_features%s", c.path, of(o.cache))
		}
		return nil, usagef("no sml_features of %q%s has the name %s (there are %s)%s", c.path, of(o.cache), name, orNone(names), param.DidYouMean(name, names))
	}
	return out, nil
}

// of says which cache was asked for, nothing where none was.
func of(cache string) string {
	if cache == "" {
		return ""
	}
	return fmt.Sprintf(" on the cache %q", cache)
}

func (a *featuresAnswer) text(out io.Writer) {
	rows := [][]string{{"FEATURES", "CACHE", "SHARD", "VERSION", "ROWS", "KEYS", "POSITIONS"}}
	for _, s := range a.States {
		if len(s.Shards) == 0 {
			rows = append(rows, []string{s.Name, s.Cache, "none yet"})
		}
		for _, sh := range s.Shards {
			rows = append(rows, []string{s.Name, s.Cache, clip(sh.ID, 80), fmt.Sprint(sh.Version), fmt.Sprint(sh.Rows), fmt.Sprint(sh.Keys), intervals(sh.Positions)})
		}
	}
	table(out, rows)
}
