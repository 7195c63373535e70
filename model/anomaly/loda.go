package anomaly

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func lodaEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    string(stats.Loda),
		Role:    model.RoleAnomaly,
		Summary: "LODA (Pevny, Machine Learning 2016): how few rows share the row's bins in histograms of sparse random projections. Counts add and subtract exactly.",
		Needs:   lodaKind().needs,
	}, lodaKind().read, buildCellCounts)
}

func lodaKind() binningKind {
	return binningKind{typ: stats.Loda, components: 100, cells: 64, each: "The number of projections.", place: "The number of bins of a histogram."}
}
