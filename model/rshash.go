package model

import "github.com/rpconnect-sml/rpconnect-sml/stats"

func rsHashEntry() Entry {
	components, cells := frameDefaults(stats.RSHash)
	return Entry{
		Type:    string(stats.RSHash),
		Role:    RoleAnomaly,
		Summary: "RS-Hash (Sathe and Aggarwal, ICDM 2016): how few rows share the row's boxes in randomly shifted grids over some random attributes. Counts add and subtract exactly.",
		Options: frameOptions("grids", components, cells, "The number of places into which the boxes of a grid are hashed, 4 to 4096."),
		check:   func(d *Definition) error { _, err := frameSettingsOf(d); return err },
		build:   buildCellCounts,
	}
}
