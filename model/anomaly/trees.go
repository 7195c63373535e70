package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func treesEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    string(stats.HalfSpaceTrees),
		Role:    model.RoleAnomaly,
		Summary: "Half-space trees (Tan, Ting and Liu, IJCAI 2011): how few rows share the row's leaf in trees that halve the ranges of random attributes. Counts add and subtract exactly.",
		Needs:   treesKind().needs,
	}, treesKind().read, buildCellCounts)
}

func treesKind() binningKind {
	return binningKind{typ: stats.HalfSpaceTrees, components: 50, cells: 512, each: "The number of trees.", place: "The number of leaves of a tree, a power of 2.", halves: true}
}
