package live

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ExpansionInfo is a set of columns that are computed of attributes, and how many rows
// have been learned with them.
type ExpansionInfo struct {
	// ID is that of the set, such as spline(price), Features what models ask for it by.
	ID       string   `json:"id"`
	Features string   `json:"features"`
	Of       []string `json:"of"`      // attributes
	Columns  int      `json:"columns"` // as many
	// Basis is that of splines: hats or natural.
	Basis string `json:"basis,omitempty"`
	// Knots are those of splines, and the inner bounds of bins.
	Knots []float64 `json:"knots,omitempty"`
	// Bandwidth and Seed are those of Fourier features.
	Bandwidth float64 `json:"bandwidth,omitempty"`
	Seed      *uint64 `json:"seed,omitempty"`
	// Rows is the weight of those that have the columns. Those that were learned before
	// the expansion was settled have not.
	Rows float64 `json:"rows"`
	// Before is the weight of the rows that have all attributes and not the columns.
	Before float64 `json:"rows_before,omitempty"`
}

// ExpansionsOf describes what a schema computes, with the rows of the summary; none is
// nil.
func ExpansionsOf(s *schema.Schema, summary *stats.Summary) (out []ExpansionInfo) {
	for _, e := range s.Expansions() {
		if e.Kind == expansion.Copy {
			continue // part of what it goes with
		}
		info := ExpansionInfo{ID: e.ID(), Features: e.Feature(), Of: e.Sources, Columns: e.Columns(), Knots: e.Knots}
		switch e.Kind {
		case expansion.Hats:
			info.Basis = "hats"
		case expansion.Natural:
			info.Basis = "natural"
		case expansion.Fourier:
			info.Bandwidth, info.Seed = e.Frame.Bandwidth, &e.Frame.Seed
		}
		info.Rows = weightOf(summary, e.Names()[0])
		with := math.Inf(1)
		for _, name := range e.Sources {
			with = min(with, weightOf(summary, name))
		}
		if len(e.Sources) == 1 { // else it is not known how many rows have all
			info.Before = max(with-info.Rows, 0)
		}
		out = append(out, info)
	}
	return out
}

// weightOf returns the weight of the rows that have a numeric column.
func weightOf(s *stats.Summary, name string) float64 {
	i := s.Layout().NumericIndex(name)
	if i < 0 {
		return 0
	}
	return s.Moments(i).Weight()
}
