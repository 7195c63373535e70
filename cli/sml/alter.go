package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// alterAnswer says what alter did, or what --yes would do.
type alterAnswer struct {
	Project string         `json:"project"`
	Before  param.Settings `json:"before"`
	After   param.Settings `json:"after"`
	// Effects say what becomes of what was learned, one for each setting that
	// changes.
	Effects []string `json:"effects"`
	Done    bool     `json:"done"`
}

func (a *alterAnswer) text(out io.Writer) {
	if len(a.Effects) == 0 {
		fmt.Fprintf(out, "project %s has these settings. Nothing was done\n", a.Project)
		return
	}
	verb := "would change"
	if a.Done {
		verb = "changed"
	}
	fmt.Fprintf(out, "%s project %s:\n", verb, a.Project)
	for _, e := range a.Effects {
		fmt.Fprintln(out, "  "+e)
	}
	if a.Done {
		fmt.Fprintln(out, "Set the same in sml_learn and start it again. A learner that runs loses and repeats nothing: what it writes is converted when it is read")
		return
	}
	fmt.Fprintln(out, "Nothing was done; --yes does it")
}

func alterFlags(o *options) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "set", Usage: "a setting of sml_learn and its new value, `NAME=VALUE`; may be given several times", Value: (*repeated)(&o.set)},
		&cli.StringFlag{Name: "features", Usage: "instead of a project: give the state of the sml_features of that `NAME` the features of the configuration", Destination: &o.list},
		&cli.BoolFlag{Name: "yes", Usage: "do it", Destination: &o.yes},
	}
}

// repeated collects the values of a flag that may be given several times.
type repeated []string

// Set takes one more value.
func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

// String lists the values.
func (r *repeated) String() string { return strings.Join(*r, ", ") }

// alter changes settings of a project that can change.
func alter(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT] --set NAME=VALUE"); err != nil {
		return nil, err
	}
	if o.list != "" {
		return alterFeatures(ctx, o)
	}
	given, err := assignments(o.set)
	if err != nil {
		return nil, err
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if _, err := p.look(ctx); err != nil {
		return nil, err
	}
	stored, err := project.Open(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return nil, p.explain(err)
	}
	change, err := stored.Alter(ctx, given)
	if errors.Is(err, state.ErrStore) {
		return nil, p.explain(err)
	}
	if err != nil {
		return nil, &usageError{text: err.Error()}
	}
	out := &alterAnswer{Project: p.project, Before: change.Before, After: change.After, Effects: append([]string{}, change.Effects...)}
	if len(change.Effects) == 0 || !o.yes {
		return out, nil
	}
	if err := change.Store(ctx, p.store, p.base()); err != nil {
		return nil, p.explain(err)
	}
	out.Done = true
	return out, nil
}

// assignments reads NAME=VALUE.
func assignments(set []string) (param.Values, error) {
	out := param.Values{}
	for _, text := range set {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || value == "" {
			return nil, usagef("--set is %q, want NAME=VALUE", text)
		}
		if out[name] != nil {
			return nil, usagef("--set gives %s twice", name)
		}
		out[name] = value
	}
	if len(out) == 0 {
		return nil, usagef("nothing to change: give --set NAME=VALUE")
	}
	return out, nil
}
