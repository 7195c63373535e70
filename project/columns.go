package project

import (
	"context"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// columnsPatience bounds how long the schema is read anew while a statistic is read.
const columnsPatience = 10 * time.Second

// Columns are those of a schema that may be read anew.
type Columns struct {
	// Current returns the layout as it is known.
	Current func() *stats.Layout
	// Reread reads the schema anew and takes it over.
	Reread func(ctx context.Context) (*stats.Layout, error)
}

var _ stats.Columns = Columns{}

// Known returns the layout as it was read last.
func (c Columns) Known() *stats.Layout { return c.Current() }

// Newest reads the layout anew.
func (c Columns) Newest() (*stats.Layout, error) {
	ctx, cancel := context.WithTimeout(context.Background(), columnsPatience)
	defer cancel()
	return c.Reread(ctx)
}

// columnsOf returns the columns of a schema that is at rest.
func columnsOf(log *SchemaLog, s *schema.Schema) Columns {
	layout := LayoutOf(s)
	return Columns{
		Current: func() *stats.Layout { return layout },
		Reread: func(ctx context.Context) (*stats.Layout, error) {
			newest, err := log.Load(ctx)
			if err != nil {
				return nil, err
			}
			return LayoutOf(newest), nil
		},
	}
}
