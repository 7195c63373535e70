package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// alteredFeatures says what alter --features did, or what --yes would do.
type alteredFeatures struct {
	Features string `json:"features"`
	// Kept are the features whose state goes on, Effects what becomes of the others.
	Kept    []string `json:"kept"`
	Effects []string `json:"effects"`
	Done    bool     `json:"done"`
}

func (a *alteredFeatures) text(out io.Writer) {
	if len(a.Effects) == 0 {
		fmt.Fprintf(out, "features %s are these already. Nothing was done\n", a.Features)
		return
	}
	verb := "would change"
	if a.Done {
		verb = "changed"
	}
	fmt.Fprintf(out, "%s features %s:\n", verb, a.Features)
	for _, e := range a.Effects {
		fmt.Fprintln(out, "  "+e)
	}
	if len(a.Kept) > 0 {
		fmt.Fprintln(out, "  the state goes on of: "+strings.Join(a.Kept, ", "))
	}
	if a.Done {
		fmt.Fprintln(out, "Start sml_features again with this configuration. One that runs goes on with its own features until a process with the new ones takes a shard over; then it stops and says so")
		return
	}
	fmt.Fprintln(out, "Nothing was done; --yes does it")
}

// alterFeatures gives the state of an sml_features the features of the configuration.
func alterFeatures(ctx context.Context, o *options) (answer, error) {
	if len(o.set) > 0 || len(o.args) > 0 {
		return nil, usagef("--features changes the state of an sml_features: want neither a project nor --set beside it")
	}
	c, err := readConfig(&o.sources)
	if err != nil {
		return nil, err
	}
	var found *processors.FeatureSettings
	var names []string
	for i := range c.lists {
		names = append(names, c.lists[i].Name)
		if c.lists[i].Name == o.list {
			found = &c.lists[i]
		}
	}
	if found == nil {
		return nil, usagef("no sml_features of the configuration has the name %s (there are %s)%s", o.list, orNone(names), param.DidYouMean(o.list, names))
	}
	in := *o
	in.cache, in.prefix = found.Cache, found.Prefix
	p, err := open(ctx, &in, "", false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	change, err := found.Alter(ctx, p.store)
	switch {
	case errors.Is(err, state.ErrStore):
		return nil, p.explain(err)
	case err != nil:
		return nil, &usageError{text: err.Error()}
	}
	out := &alteredFeatures{Features: found.Name, Kept: append([]string{}, change.Kept...), Effects: append([]string{}, change.Effects...)}
	if len(change.Effects) == 0 || !o.yes {
		return out, nil
	}
	if err := change.Store(ctx); err != nil {
		return nil, p.explain(err)
	}
	out.Done = true
	return out, nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
