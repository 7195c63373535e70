package model

import "github.com/rpconnect-sml/rpconnect-sml/stats"

func treesEntry() Entry {
	components, cells := frameDefaults(stats.HalfSpaceTrees)
	return Entry{
		Type:    string(stats.HalfSpaceTrees),
		Role:    RoleAnomaly,
		Summary: "Half-space trees (Tan, Ting and Liu, IJCAI 2011): how few rows share the row's leaf in trees that halve the ranges of random attributes. Counts add and subtract exactly.",
		Options: frameOptions("trees", components, cells, "The number of leaves of a tree: a power of 2 from 4 to 4096."),
		check:   func(d *Definition) error { _, err := frameSettingsOf(d); return err },
		build:   buildCellCounts,
	}
}
