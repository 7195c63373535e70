package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// SummaryMaker makes summaries: the base statistic of every composition.
type SummaryMaker struct {
	Options SummaryOptions
	// Columns are those of the project; nil takes those of each summary.
	Columns Columns
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

// Decode reads what Summary.Encode wrote. A summary that was stored with other
// options gets those of the maker: the settings of the project have been altered
// since, and each shard follows when it is read. So do attributes that have been
// retyped: their columns are dropped.
func (m SummaryMaker) Decode(r *wire.Reader) (Additive, error) {
	s, err := DecodeSummary(r)
	if err != nil {
		return nil, err
	}
	if options := m.Options.withDefaults(); s.options != options {
		if err := options.validate(); err != nil {
			return nil, err
		}
		if err := s.convert(options); err != nil {
			return nil, err
		}
	}
	out, err := s.under(m.Columns)
	if err != nil {
		return nil, err
	}
	return out, nil
}
