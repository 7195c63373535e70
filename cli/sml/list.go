package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// listAnswer is the projects of one cache.
type listAnswer struct {
	Cache    string          `json:"cache"`
	Prefix   string          `json:"prefix"`
	Projects []projectAnswer `json:"projects"`
}

type projectAnswer struct {
	Project    string  `json:"project"`
	Rows       float64 `json:"rows"`
	Attributes int     `json:"attributes"`
	Shards     int     `json:"shards"`
	Models     int     `json:"models"`
	Error      string  `json:"error,omitempty"`
}

// list shows the projects that the cache lists and those of the configuration
// that have learned something.
func list(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 0, "no argument"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, "", false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	names, err := project.NewIndex(p.store, p.prefix).List(ctx)
	if err != nil {
		return nil, p.explain(err)
	}
	for _, s := range p.config.opened {
		if s.Cache == p.label && s.Prefix == p.prefix && !slices.Contains(names, s.Project) {
			names = append(names, s.Project)
		}
	}
	out := &listAnswer{Cache: p.label, Prefix: p.prefix, Projects: []projectAnswer{}}
	var failed []error
	for _, name := range names {
		row, err := p.row(ctx, name)
		switch {
		case errors.Is(err, portable.ErrNoProject):
			continue
		case errors.Is(err, state.ErrStore):
			return nil, p.explain(err)
		case err != nil:
			row.Error = err.Error()
			failed = append(failed, fmt.Errorf("project %q: %w", name, err))
		}
		out.Projects = append(out.Projects, row)
	}
	return out, errors.Join(failed...)
}

// row describes one project.
func (p *opened) row(ctx context.Context, name string) (projectAnswer, error) {
	row := projectAnswer{Project: name}
	export, err := portable.ReadRows(ctx, p.store, p.prefix, name)
	if err != nil {
		return row, err
	}
	whole, _, err := export.Whole()
	if err != nil {
		return row, err
	}
	row.Rows, row.Attributes = whole.Weight(), len(export.Schema.Attributes())
	row.Shards, row.Models = len(export.Shards), export.ModelCount()
	return row, nil
}

func (a *listAnswer) text(out io.Writer) {
	rows := [][]string{{"PROJECT", "ROWS", "ATTRIBUTES", "SHARDS", "MODELS"}}
	for _, p := range a.Projects {
		if p.Error != "" {
			rows = append(rows, []string{p.Project, "cannot be read"})
			continue
		}
		rows = append(rows, []string{p.Project, number(p.Rows), fmt.Sprint(p.Attributes), fmt.Sprint(p.Shards), fmt.Sprint(p.Models)})
	}
	table(out, rows)
}
