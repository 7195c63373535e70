package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// mergeAnswer says what was added to the project.
type mergeAnswer struct {
	Project string `json:"project"`
	Source  string `json:"source"`
	Shard   string `json:"shard"`
	// Added is the weight of the rows of the source, Replaced that of what the
	// shard held before.
	Added    float64 `json:"added"`
	Replaced float64 `json:"replaced"`
	// Already says that this content had been merged before: nothing was done.
	Already bool    `json:"already"`
	Rows    float64 `json:"rows"` // of the project now
	Content string  `json:"content"`
	Warning string  `json:"warning,omitempty"`
}

func merge(ctx context.Context, o *options) (answer, error) {
	project, source, err := mergeArguments(o)
	if err != nil {
		return nil, err
	}
	p, err := open(ctx, o, project, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	e, err := p.source(ctx, o.from, source)
	if err != nil {
		return nil, err
	}
	target := portable.Target{Prefix: p.prefix, Project: p.project, Name: o.name}
	done, err := e.MergeInto(ctx, p.store, target)
	if errors.Is(err, stats.ErrIncompatible) {
		return nil, fmt.Errorf("%s cannot be merged into project %q: %w", source, p.project, err)
	}
	if err != nil {
		return nil, p.explain(err)
	}
	now, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	whole, _, err := now.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	out := &mergeAnswer{
		Project: p.project, Source: source, Shard: done.Shard, Added: done.Rows, Replaced: done.Before,
		Already: done.Already, Rows: whole.Weight(), Content: e.ID(),
	}
	if done.Already {
		out.Added, out.Replaced = 0, 0
	}
	if done.Warning != nil {
		out.Warning = fmt.Sprintf("rows that were to be forgotten in the source are not among those it learned, and count: %v", done.Warning)
	}
	return out, nil
}

// mergeArguments tells project and source apart: the last argument is the
// file, unless --from names a project.
func mergeArguments(o *options) (project, source string, err error) {
	if o.from != "" {
		return first(o.args), o.from, o.want(0, 1, "[PROJECT] with --from OTHER")
	}
	if err := o.want(1, 2, "[PROJECT] FILE, or [PROJECT] --from OTHER"); err != nil {
		return "", "", err
	}
	if len(o.args) == 2 {
		return o.args[0], o.args[1], nil
	}
	return "", o.args[0], nil
}

// source reads what is to be merged.
func (p *opened) source(ctx context.Context, from, file string) (*portable.Export, error) {
	if from == "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
		return decode(file, content)
	}
	if from == p.project {
		return nil, usagef("project %q cannot be merged into itself", from)
	}
	other := *p
	other.project = from
	return other.read(ctx)
}

func (a *mergeAnswer) warnings() []string { return (&infoAnswer{Warning: a.Warning}).warnings() }

func (a *mergeAnswer) text(out io.Writer) {
	switch {
	case a.Already:
		fmt.Fprintf(out, "%s is in project %s already, as shard %s: it counts once, nothing was done; %s rows\n", a.Source, a.Project, a.Shard, number(a.Rows))
	case a.Replaced > 0:
		fmt.Fprintf(out, "project %s: shard %s now has %s rows instead of %s; %s rows in all\n", a.Project, a.Shard, number(a.Added), number(a.Replaced), number(a.Rows))
	default:
		fmt.Fprintf(out, "project %s: %s rows added as shard %s; %s rows in all\n", a.Project, number(a.Added), a.Shard, number(a.Rows))
	}
}
