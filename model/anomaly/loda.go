package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func lodaEntry() model.Entry {
	components, cells := frameDefaults(stats.Loda)
	return model.Entry{
		Type:    string(stats.Loda),
		Role:    model.RoleAnomaly,
		Summary: "LODA (Pevny, Machine Learning 2016): how few rows share the row's bins in histograms of sparse random projections. Counts add and subtract exactly.",
		Options: frameOptions("projections", components, cells, "The number of bins of a histogram, 4 to 4096."),
		Check:   func(d *model.Definition) error { _, err := frameSettingsOf(d); return err },
		Needs:   frameNeeds,
		Build:   buildCellCounts,
	}
}
