package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func rsHashEntry() model.Entry {
	components, cells := frameDefaults(stats.RSHash)
	return model.Entry{
		Type:    string(stats.RSHash),
		Role:    model.RoleAnomaly,
		Summary: "RS-Hash (Sathe and Aggarwal, ICDM 2016): how few rows share the row's boxes in randomly shifted grids over some random attributes. Counts add and subtract exactly.",
		Options: frameOptions("grids", components, cells, "The number of places into which the boxes of a grid are hashed, 4 to 4096."),
		Check:   func(d *model.Definition) error { _, err := frameSettingsOf(d); return err },
		Needs:   frameNeeds,
		Build:   buildCellCounts,
	}
}
