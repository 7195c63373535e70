package sml

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// changeAnswer says what a command did, or what --yes would do.
type changeAnswer struct {
	Project string  `json:"project"`
	New     string  `json:"new,omitempty"` // of rename
	Rows    float64 `json:"rows"`
	Shards  int     `json:"shards"`
	Done    bool    `json:"done"`
	said    string
}

func (a *changeAnswer) text(out io.Writer) { fmt.Fprintln(out, a.said) }

// remove deletes a project.
func remove(ctx context.Context, o *options) (answer, error) {
	if err := o.want(1, 1, "PROJECT"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, o.args[0], true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	out := &changeAnswer{Project: p.project}
	what := "what is left of it"
	e, err := p.look(ctx)
	switch {
	case err == nil:
		whole, _, err := e.Whole()
		if err != nil {
			return nil, p.explain(err)
		}
		out.Rows, out.Shards = whole.Weight(), len(e.Shards)
		what = fmt.Sprintf("%s in %s, %d%s", rowsOf(out.Rows), shardsOf(out.Shards), e.ModelCount(), plural(" model", e.ModelCount() != 1))
	case errors.Is(err, state.ErrStore) || errors.Is(err, portable.ErrNoProject):
		return nil, err
	default:
		what = fmt.Sprintf("which cannot be read (%v)", err)
	}
	if !o.yes {
		out.said = fmt.Sprintf("would delete project %s: %s. Nothing was done", p.project, what)
		return out, usagef("deleting needs --yes")
	}
	if err := p.place().Delete(ctx, p.project, o.force); err != nil {
		return nil, p.changing(err)
	}
	out.Done, out.said = true, fmt.Sprintf("deleted project %s: %s", p.project, what)
	return out, nil
}

// rename copies a project under another name and deletes the old one.
func rename(ctx context.Context, o *options) (answer, error) {
	if err := o.want(2, 2, "OLD NEW"); err != nil {
		return nil, err
	}
	if err := project.ValidateName("new name", o.args[1]); err != nil {
		return nil, &usageError{text: err.Error()}
	}
	if o.args[0] == o.args[1] {
		return nil, usagef("project %q has that name", o.args[0])
	}
	p, err := open(ctx, o, o.args[0], true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if _, err := p.look(ctx); err != nil {
		return nil, err
	}
	e, err := p.place().Rename(ctx, p.project, o.args[1], o.force)
	if err != nil {
		return nil, p.changing(err)
	}
	whole, _, err := e.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	return &changeAnswer{
		Project: p.project, New: o.args[1], Rows: whole.Weight(), Shards: len(e.Shards), Done: true,
		said: fmt.Sprintf("project %s is now %s: %s in %s. Change its name in the pipelines too", p.project, o.args[1], rowsOf(whole.Weight()), shardsOf(len(e.Shards))),
	}, nil
}
