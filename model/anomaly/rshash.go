package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func rsHashEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    string(stats.RSHash),
		Role:    model.RoleAnomaly,
		Summary: "RS-Hash (Sathe and Aggarwal, ICDM 2016): how few rows share the row's boxes in randomly shifted grids over some random attributes. Counts add and subtract exactly.",
		Needs:   rsHashKind().needs,
	}, rsHashKind().read, buildCellCounts)
}

func rsHashKind() binningKind {
	return binningKind{typ: stats.RSHash, components: 100, cells: 512, each: "The number of grids.", place: "The number of places into which the boxes of a grid are hashed."}
}
