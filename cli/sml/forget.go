package sml

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// forgetAnswer says what was taken away from a project, or what --yes would take away.
type forgetAnswer struct {
	Project string `json:"project"`
	Shard   string `json:"shard"`
	// Forgotten is the weight of the rows that the shard had added, Rows that of
	// what is left.
	Forgotten float64 `json:"forgotten"`
	Rows      float64 `json:"rows"`
	Done      bool    `json:"done"`
	// KeptBy names the models that keep what they have learned of the rows.
	KeptBy []string `json:"kept_by,omitempty"`
}

func shardFlag(o *options) []cli.Flag {
	return append(yesFlag(o), &cli.StringFlag{Name: "shard", Usage: "the `SHARD`, as `sml info` lists it, such as topic/0 or merged/plant-7", Destination: &o.shard})
}

// forget takes a whole source away.
func forget(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT]"); err != nil {
		return nil, err
	}
	if o.shard == "" {
		return nil, usagef("forget needs --shard SHARD; `sml info` lists the shards. Rows are forgotten by sml_learn with mode forget, and over REST")
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	out := &forgetAnswer{Project: p.project, Shard: o.shard}
	if out.Forgotten, out.Rows, err = p.place().LookSource(ctx, p.project, o.shard); err != nil {
		return nil, p.explain(err)
	}
	before, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	out.KeptBy = live.KeptByStored(before.Models)
	if !o.yes {
		return out, usagef("forgetting a shard needs --yes")
	}
	if out.Forgotten, err = p.place().ForgetSource(ctx, p.project, o.shard); err != nil {
		return nil, p.explain(err)
	}
	out.Done = true
	e, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	whole, _, err := e.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	out.Rows = whole.Weight()
	return out, nil
}

// warnings says which models keep what is forgotten.
func (a *forgetAnswer) warnings() []string {
	if text := live.KeptText(a.KeptBy); text != "" {
		return []string{text}
	}
	return nil
}

func (a *forgetAnswer) text(out io.Writer) {
	if !a.Done {
		fmt.Fprintf(out, "would forget shard %s of project %s: %s, %s would be left. Nothing was done\n", a.Shard, a.Project, rowsOf(a.Forgotten), number(a.Rows))
		return
	}
	fmt.Fprintf(out, "forgot shard %s of project %s: %s, %s are left\n", a.Shard, a.Project, rowsOf(a.Forgotten), number(a.Rows))
}
