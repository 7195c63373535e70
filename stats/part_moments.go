package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// momentsPart keeps the moments of each numeric column. They are filled by
// patterns, whose kernel has the centred values of a block in registers anyway.
type momentsPart struct {
	series[*Moments]
}

func newMomentsPart(SummaryOptions) part { return &momentsPart{} }

func (p *momentsPart) bind(s *Summary) { s.moments = p }

func (p *momentsPart) clone() part { return &momentsPart{p.copied()} }

func (p *momentsPart) extend(l *Layout) { p.grow(len(l.Numeric), newMoments) }

func (p *momentsPart) learn(*Rows) {}

func (p *momentsPart) decode(r *wire.Reader, unit int, _ byte) { p.at[unit] = decodeMoments(r) }
