package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// exportAnswer says what was written.
type exportAnswer struct {
	Project string  `json:"project"`
	File    string  `json:"file"`
	Bytes   int     `json:"bytes"`
	Rows    float64 `json:"rows"`
	Shards  int     `json:"shards"`
	Content string  `json:"content"`
	Warning string  `json:"warning,omitempty"`
}

const standardOutput = "-"

func export(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT]"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	e, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	whole, gone, err := e.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	file := e.Encode()
	if o.output == standardOutput {
		_, err := o.out.Write(file)
		return nil, err
	}
	out := &exportAnswer{Project: p.project, File: o.output, Bytes: len(file), Rows: whole.Weight(), Shards: len(e.Shards), Content: e.ID()}
	if out.File == "" {
		out.File = p.project + ".sml"
	}
	if gone != nil {
		out.Warning = fmt.Sprintf("rows that were to be forgotten are not among those learned, and stay: %v", gone)
	}
	if err := writeWhole(out.File, file); err != nil {
		return nil, fmt.Errorf("write export: %w", err)
	}
	return out, nil
}

// writeWhole writes aside, syncs and renames: the file is there whole or not at all.
func writeWhole(path string, content []byte) error {
	aside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = aside.Write(content)
	if err == nil {
		err = aside.Sync()
	}
	if closeErr := aside.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	return nil
}

func (a *exportAnswer) warnings() []string { return (&infoAnswer{Warning: a.Warning}).warnings() }

func (a *exportAnswer) text(out io.Writer) {
	fmt.Fprintf(out, "wrote %s: project %s, %s in %s, %d bytes, content %s\n", a.File, a.Project, rowsOf(a.Rows), shardsOf(a.Shards), a.Bytes, a.Content)
}
