package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

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
	maker, err := project.MakerOf(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return nil, p.explain(err)
	}
	before, err := state.RenewShard(ctx, p.store, p.base(), o.args[1], maker, o.yes)
	if errors.Is(err, state.ErrNotFound) {
		return nil, fmt.Errorf("project %s has no shard %q; `sml info` lists those it has", p.project, o.args[1])
	}
	if err != nil {
		return nil, p.explain(err)
	}
	out := &epochAnswer{Project: p.project, Shard: o.args[1], Messages: before.Count(), Positions: pairs(before), Done: o.yes}
	if !o.yes {
		return out, usagef("a new epoch needs --yes")
	}
	return out, nil
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
