package live

import (
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// evidenceOf reads what models are built from off a tower of statistics: its
// main summary, and the folds and the partition where the tower has them.
func evidenceOf(whole stats.Additive) (*model.Evidence, error) {
	e := &model.Evidence{}
	for a := whole; ; {
		switch v := a.(type) {
		case *stats.Summary:
			e.Summary = v
			return e, nil
		case *wrap.Beside:
			a = v.Part(v.Names()[0])
			continue
		case *wrap.Framed:
			e.Detectors = v.Detectors()
		case *wrap.Folds:
			for i := range v.K() {
				part := v.Fold(i)
				if part == nil {
					continue
				}
				s, err := summaryOf(part)
				if err != nil {
					return nil, err
				}
				e.Folds = append(e.Folds, s)
			}
		case *wrap.Partition:
			e.Partition = &model.Partition{Attribute: v.Attribute()}
			for _, value := range v.Values() {
				s, err := summaryOf(v.Part(value))
				if err != nil {
					return nil, err
				}
				e.Partition.Values = append(e.Partition.Values, value)
				e.Partition.Summaries = append(e.Partition.Summaries, s)
			}
		}
		inner, err := collapse(a)
		if err != nil {
			return nil, err
		}
		a = inner
	}
}
