package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
)

// importAnswer says which project there is now.
type importAnswer struct {
	Project string  `json:"project"`
	Cache   string  `json:"cache"`
	Rows    float64 `json:"rows"`
	Shards  int     `json:"shards"`
	Content string  `json:"content"`
}

func importFile(ctx context.Context, o *options) (answer, error) {
	if err := o.want(1, 2, "FILE [PROJECT]"); err != nil {
		return nil, err
	}
	file, err := os.ReadFile(o.args[0])
	if err != nil {
		return nil, fmt.Errorf("read export: %w", err)
	}
	project := ""
	if len(o.args) == 2 {
		project = o.args[1]
	}
	p, err := open(ctx, o, project, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	e, err := decode(o.args[0], file)
	if err != nil {
		return nil, err
	}
	if o.force {
		// What a learner adds between its last record and the import would be lost.
		if err := p.place().Quiet(ctx, p.project); err != nil {
			return nil, p.explain(err)
		}
		if err := p.place().Erase(ctx, p.project); err != nil {
			return nil, p.explain(err)
		}
	}
	whole, _, err := e.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	err = e.Create(ctx, p.store, p.prefix, p.project, o.force)
	if errors.Is(err, portable.ErrProjectExists) {
		return nil, fmt.Errorf("%w in cache %q: merge the file into it, or replace it with --force", err, p.label)
	}
	if err != nil {
		return nil, p.explain(err)
	}
	return &importAnswer{Project: p.project, Cache: p.label, Rows: whole.Weight(), Shards: len(e.Shards), Content: e.ID()}, nil
}

// decode reads an exported file.
func decode(name string, file []byte) (*portable.Export, error) {
	e, err := portable.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("file %q: %w", name, err)
	}
	return e, nil
}

func (a *importAnswer) text(out io.Writer) {
	fmt.Fprintf(out, "project %s in cache %s has %s in %s\n", a.Project, a.Cache, rowsOf(a.Rows), shardsOf(a.Shards))
}
