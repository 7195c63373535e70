package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// epochAnswer says which positions a shard has forgotten, or would forget.
type epochAnswer struct {
	Project   string     `json:"project"`
	Shard     string     `json:"shard"`
	Messages  uint64     `json:"messages"`
	Positions [][2]int64 `json:"positions"`
	Done      bool       `json:"done"`
}

// epoch begins a new epoch of a shard.
func epoch(ctx context.Context, o *options) (answer, error) {
	if err := o.wantProject(1, 1, "SHARD"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, o.args[0], true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	before, err := p.renew(ctx, o)
	if err != nil {
		return nil, err
	}
	out := &epochAnswer{Project: p.project, Shard: o.args[1], Messages: before.Count(), Positions: pairs(before), Done: o.yes}
	if !o.yes {
		return out, usagef("a new epoch needs --yes")
	}
	return out, nil
}

// renew forgets the positions of a shard of the project or, with --features, of the state
// of sml_features of that name.
func (p *opened) renew(ctx context.Context, o *options) (before *state.Positions, err error) {
	shard := o.args[1]
	if o.features {
		base := project.FeaturesBase(p.prefix, p.project)
		if before, err = features.Renew(ctx, p.store, base, shard, o.yes); errors.Is(err, state.ErrNotFound) {
			return nil, fmt.Errorf("state %s of sml_features has no shard %q%s", p.project, shard, p.others(ctx, base))
		}
	} else {
		maker, failed := project.MakerOf(ctx, p.store, p.prefix, p.project)
		if failed != nil {
			return nil, p.explain(failed)
		}
		before, err = state.RenewShard(ctx, p.store, p.base(), shard, maker, o.yes)
		grouped, failed := live.RenewIncidents(ctx, p.store, p.base(), shard, o.yes)
		switch {
		case failed != nil && !errors.Is(failed, state.ErrNotFound):
			return nil, p.explain(failed)
		case errors.Is(err, state.ErrNotFound) && failed == nil: // only incidents are of that source
			before, err = grouped, nil
		case errors.Is(err, state.ErrNotFound):
			return nil, fmt.Errorf("project %s has no shard %q; `sml info` lists those it has, and --features is for the state of sml_features", p.project, shard)
		}
	}
	if err == nil && o.yes && !o.features {
		err = live.RenewScores(ctx, p.store, p.base(), shard)
	}
	if err != nil {
		return nil, p.explain(err)
	}
	return before, nil
}

// others lists the shards under a base for an error.
func (p *opened) others(ctx context.Context, base string) string {
	entries, err := state.NewDirectory(p.store, base).List(ctx)
	if err != nil || len(entries) == 0 {
		return "; it has none: is the name that of its field `state`?"
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.ID)
	}
	return "; it has " + strings.Join(names, ", ")
}

func epochFlags(o *options) []cli.Flag {
	return append(yesFlag(o), &cli.BoolFlag{Name: "features", Usage: "PROJECT is the `state` of an sml_features, and SHARD one of its shards", Destination: &o.features})
}

func (a *epochAnswer) text(out io.Writer) {
	var spans []string
	for _, at := range a.Positions {
		spans = append(spans, fmt.Sprintf("%d-%d", at[0], at[1]))
	}
	verb := "would forget"
	if a.Done {
		verb = "has forgotten"
	}
	fmt.Fprintf(out, "shard %s %s the positions of %d messages (%s); what it has learned of them stays. A message of these that is delivered again counts twice\n",
		a.Shard, verb, a.Messages, strings.Join(spans, ", "))
}
