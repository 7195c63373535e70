package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func treesEntry() model.Entry {
	components, cells := frameDefaults(stats.HalfSpaceTrees)
	return model.Entry{
		Type:    string(stats.HalfSpaceTrees),
		Role:    model.RoleAnomaly,
		Summary: "Half-space trees (Tan, Ting and Liu, IJCAI 2011): how few rows share the row's leaf in trees that halve the ranges of random attributes. Counts add and subtract exactly.",
		Options: frameOptions("trees", components, cells, "The number of leaves of a tree: a power of 2 from 4 to 4096."),
		Check:   func(d *model.Definition) error { _, err := frameSettingsOf(d); return err },
		Needs:   frameNeeds,
		Build:   buildCellCounts,
	}
}
