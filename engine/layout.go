package engine

import (
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ForgetPrefix begins the ids of the shards whose rows are taken away from
// those of the others.
const ForgetPrefix = forgotten

// LayoutOf returns the layout of the rows that are encoded under the schema.
func LayoutOf(s *schema.Schema) *stats.Layout { return settle(s).layout }
