package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// histogramPart keeps a histogram of each numeric column.
type histogramPart struct {
	series[*Histogram]
	bins int
}

func newHistogramPart(o SummaryOptions) part { return &histogramPart{bins: o.HistogramBins} }

func (p *histogramPart) bind(s *Summary) { s.histograms = p }

func (p *histogramPart) clone() part { return &histogramPart{series: p.copied(), bins: p.bins} }

func (p *histogramPart) extend(l *Layout) {
	p.grow(len(l.Numeric), func() *Histogram { return emptyHistogram(p.bins) })
}

func (p *histogramPart) learn(rows *Rows) {
	for j, h := range p.at {
		h.AddColumn(rows.Values, j, rows.Numeric, rows.N, rows.Weights)
	}
}

func (p *histogramPart) decode(r *wire.Reader, unit int, _ byte) {
	h := DecodeHistogram(r)
	if r.Err() == nil && h.limit != p.bins {
		r.Fail("histogram of %d bins, not %d", h.limit, p.bins)
	}
	p.at[unit] = h
}
