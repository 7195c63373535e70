package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// SummaryMaker makes summaries: the base statistic of every composition.
type SummaryMaker struct {
	Options SummaryOptions
}

var (
	_ Maker = SummaryMaker{}
)

// New returns an empty summary.
func (m SummaryMaker) New() (Additive, error) {
	s, err := NewSummary(m.Options)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Decode reads what Summary.Encode wrote. The stored options count.
func (m SummaryMaker) Decode(r *wire.Reader) (Additive, error) {
	s, err := DecodeSummary(r)
	if err != nil {
		return nil, err
	}
	return s, nil
}
