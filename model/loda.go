package model

import "github.com/rpconnect-sml/rpconnect-sml/stats"

func lodaEntry() Entry {
	components, cells := frameDefaults(stats.Loda)
	return Entry{
		Type:    string(stats.Loda),
		Role:    RoleAnomaly,
		Summary: "LODA (Pevny, Machine Learning 2016): how few rows share the row's bins in histograms of sparse random projections. Counts add and subtract exactly.",
		Options: frameOptions("projections", components, cells, "The number of bins of a histogram, 4 to 4096."),
		check:   func(d *Definition) error { _, err := frameSettingsOf(d); return err },
		build:   buildCellCounts,
	}
}
