package project

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Entities says what a project keeps per key.
type Entities struct {
	// On says that something is kept; all messages must have a key then.
	On bool
	// Resident bounds the keys of a shard in memory; 0 means
	// keyed.DefaultResident. It is a matter of the process, and not stored.
	Resident int
	// HistogramBins bounds the bins of each histogram of a key; 0 for none.
	HistogramBins int
	// Pairs keeps a full summary per key, so that models that need pairs of
	// attributes can be built per key.
	Pairs bool
}

var _ Layer = Entities{}

func entitiesRow() row {
	r := newRow("entities", stageKeys, (*Entities).options)
	r.stored = bound((*Entities).record)
	return r
}

func (e *Entities) options(f *param.Fields) {
	f.Object(param.Parameter{
		Name:        "entities",
		Description: "What the project keeps of each key.",
	}, &e.On, func(f *param.Fields) {
		param.Var(f, &e.Resident, param.Parameter{
			Name: "resident", Default: keyed.DefaultResident, Range: param.AtLeast(1), Local: true, Examples: []any{keyed.DefaultResident, 3},
			Description: "The maximum number of keys of a shard in memory. All other keys are in the cache and are read back when they are used.",
		})
		param.Var(f, &e.HistogramBins, param.Parameter{
			Name: "histogram_bins", Default: stats.MinBins, Range: param.Between(stats.MinBins, stats.MaxBins).OrZero(), Examples: []any{16},
			Description: "The maximum number of bins of a key's histograms. `0` keeps no histograms. `hba`, `ecod` and a robust `zscore` need histograms per key.",
		})
		param.Var(f, &e.Pairs, param.Parameter{
			Name: "pairs", Default: false,
			Description: "Keep the full statistics of every key, including pairs of attributes and categories. Every anomaly model can then be built per key. This takes several times the memory.",
		})
	})
}

// record binds what is stored. In a configuration that something is kept is said
// by a key, in the record by a field.
func (e *Entities) record(f *param.Fields) {
	f.Object(param.Parameter{Name: "entities"}, nil, func(f *param.Fields) {
		param.Var(f, &e.On, param.Parameter{Name: "on"})
		param.Var(f, &e.HistogramBins, param.Parameter{Name: "histogram_bins", Range: param.Between(stats.MinBins, stats.MaxBins).OrZero()})
		param.Var(f, &e.Pairs, param.Parameter{Name: "pairs"})
	})
}

func (e Entities) isOn() bool { return e.On }

func (e Entities) over(inner stats.Maker, summary stats.SummaryMaker) (stats.Maker, error) {
	if e.Resident < 0 {
		return nil, fmt.Errorf("entities: resident is %d, want at least 1", e.Resident)
	}
	m := keyed.Maker{Inner: inner, Resident: e.Resident, Each: stats.SlimMaker{HistogramBins: e.HistogramBins, Columns: summary.Columns}}
	if e.Pairs {
		if e.HistogramBins != 0 {
			summary.Options.HistogramBins = e.HistogramBins
		}
		m.Each = summary
	}
	if _, err := m.Each.New(); err != nil {
		return nil, fmt.Errorf("entities: %w", err)
	}
	return m, nil
}
