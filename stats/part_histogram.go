package stats

import (
	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// histogramPart keeps a histogram of each numeric column, of all rows that have
// it: what belongs to one column does not depend on the presence pattern. Computed
// columns have none: nobody asks for their quantiles, and they are many.
type histogramPart struct {
	series[*Histogram]
	bins    int
	without []bool // columns that have none, as they are computed of others
}

func newHistogramPart(o SummaryOptions) part { return &histogramPart{bins: o.HistogramBins} }

func (p *histogramPart) bind(s *Summary) { s.histograms = p }

func (p *histogramPart) clone() part {
	return &histogramPart{series: p.copied(), bins: p.bins, without: p.without}
}

func (p *histogramPart) extend(l *Layout) {
	p.without = make([]bool, len(l.Numeric))
	for j := range l.Numeric {
		p.without[j] = expansion.IsColumn(l.Numeric[j].Name)
	}
	p.grow(len(l.Numeric), func() *Histogram { return emptyHistogram(p.bins) })
}

// learn takes a column at a time: the bins of one histogram stay in the cache,
// where a row at a time would touch those of all columns again and again.
func (p *histogramPart) learn(rows *Rows) {
	for j, h := range p.at {
		if p.without[j] {
			continue
		}
		h.AddColumn(rows.Values, j, rows.Numeric, rows.N, rows.Weights)
	}
}

// decode refuses another number of bins, as two histograms merge only when
// theirs are equal.
func (p *histogramPart) subtract(o part, at place) error {
	from, err := operand[*Histogram](o, at.from)
	if err != nil {
		return err
	}
	return p.at[at.to].subtract(from, at.slack)
}

func (p *histogramPart) decode(r *wire.Reader, unit int, _ byte) {
	h := DecodeHistogram(r)
	if r.Err() == nil && h.limit != p.bins {
		r.Fail("histogram of %d bins, not %d", h.limit, p.bins)
	}
	p.at[unit] = h
}
