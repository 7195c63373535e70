package stats

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Slim is the small statistic of a key among many: of each numeric column the
// moments, the extremes and, when asked for, a small histogram. It keeps
// nothing about pairs of columns and nothing about categories, so a key of five
// columns without histograms takes 0.7 kB. Columns are matched by name
// where neither layout extends the other.
type Slim struct {
	bins    int // of each histogram; 0 for none
	layout  *Layout
	weight  float64
	columns []slimColumn
}

type slimColumn struct {
	moments   Moments
	histogram *Histogram // nil for none
}

var (
	_ Additive = (*Slim)(nil)
	_ Accepter = (*Slim)(nil)
)

// SlimMaker makes the statistics of keys.
type SlimMaker struct {
	// HistogramBins bounds the bins of each histogram, MinBins to MaxBins; 0
	// means no histograms.
	HistogramBins int
	// Columns are those of the project; nil takes those of each statistic.
	Columns Columns
}

var _ Maker = SlimMaker{}

// New returns an empty statistic.
func (m SlimMaker) New() (Additive, error) {
	if m.HistogramBins != 0 {
		if _, err := NewHistogram(m.HistogramBins); err != nil {
			return nil, err
		}
	}
	return &Slim{bins: m.HistogramBins, layout: &Layout{}}, nil
}

// Learn adds the rows, whose columns are matched by name. A column that is
// binary on one side only, or rows that do not fit their layout, give an error
// that wraps ErrIncompatible, and nothing is learned.
func (s *Slim) Learn(layout *Layout, rows *Rows) error {
	part, err := s.of(layout, rows)
	if err != nil {
		return err
	}
	return s.Merge(part)
}

// Accepts refuses a layout in which an attribute has another type.
func (s *Slim) Accepts(layout *Layout, _ *Rows) error {
	_, _, err := s.layout.union(layout)
	return err
}

// Forget takes the rows away again; ones that were never learned give an error
// that wraps ErrNotLearned where that shows. Extremes do not go back.
func (s *Slim) Forget(layout *Layout, rows *Rows) error {
	part, err := s.of(layout, rows)
	if err != nil {
		return err
	}
	return s.Subtract(part)
}

// of returns the statistic of the rows alone.
func (s *Slim) of(layout *Layout, rows *Rows) (*Slim, error) {
	if err := rows.Validate(layout); err != nil {
		return nil, err
	}
	out := &Slim{bins: s.bins, layout: &Layout{}}
	if err := out.extend(layout); err != nil {
		return nil, err
	}
	for i := range rows.N {
		w := rows.Weight(i)
		out.weight += w
		for j, x := range rows.Row(i) {
			if math.IsNaN(x) {
				continue
			}
			c := &out.columns[j]
			if err := c.moments.Add(x, w); err != nil {
				return nil, fmt.Errorf("column %q: %w", layout.Numeric[j].Name, err)
			}
			if c.histogram == nil {
				continue
			}
			if err := c.histogram.Add(x, w); err != nil {
				return nil, fmt.Errorf("column %q: %w", layout.Numeric[j].Name, err)
			}
		}
	}
	return out, nil
}

// extend takes on a layout that extends the statistic's own.
func (s *Slim) extend(layout *Layout) error {
	if layout == s.layout || s.layout.Extends(layout) {
		return nil
	}
	if !layout.Extends(s.layout) {
		return ErrLayout
	}
	// room for these columns and no more: there are as many of this as there are keys
	s.columns = slices.Concat(s.columns, make([]slimColumn, len(layout.Numeric)-len(s.columns)))
	for j := range s.columns {
		c := &s.columns[j]
		if s.bins > 0 && c.histogram == nil {
			h, err := NewHistogram(s.bins)
			if err != nil {
				return err
			}
			c.histogram = h
		}
	}
	s.layout = layout
	return nil
}

// Merge adds what other has learned.
func (s *Slim) Merge(other Additive) error {
	return s.combine(other, func(to *slimColumn, from slimColumn) error {
		if err := to.moments.Merge(&from.moments); err != nil || to.histogram == nil {
			return err
		}
		return to.histogram.Merge(from.histogram)
	}, 1)
}

// Subtract takes away what other has learned.
func (s *Slim) Subtract(other Additive) error {
	return s.combine(other, func(to *slimColumn, from slimColumn) error {
		if err := to.moments.Subtract(&from.moments); err != nil || to.histogram == nil {
			return err
		}
		return to.histogram.Subtract(from.histogram)
	}, -1)
}

// combine applies change to a copy of each column and puts the copies in place
// when all have succeeded.
// InWords names the kind of statistic, for errors.
func (*Slim) InWords() string { return "the small statistics of a key" }

func (s *Slim) combine(other Additive, change func(to *slimColumn, from slimColumn) error, sign float64) error {
	o, ok := other.(*Slim)
	if !ok {
		return fmt.Errorf("%w: %s and %s", ErrIncompatible, s.InWords(), InWords(other))
	}
	if o.bins != s.bins {
		return fmt.Errorf("%w: histograms of %d and %d bins", ErrIncompatible, s.bins, o.bins)
	}
	next := s.clone()
	layout, places, err := next.layout.union(o.layout)
	if err != nil {
		return err
	}
	if err := next.extend(layout); err != nil {
		return err
	}
	if sign > 0 {
		next.weight += o.weight
	} else if next.weight, ok = subtractWeight(s.weight, o.weight, 0); !ok {
		return fmt.Errorf("%w: rows of weight %v taken from %v", ErrNotLearned, o.weight, s.weight)
	}
	for j, from := range o.columns {
		if err := change(&next.columns[places.column(int32(j))], from); err != nil {
			return fmt.Errorf("column %q: %w", o.layout.Numeric[j].Name, err)
		}
	}
	*s = *next
	return nil
}

// Scale multiplies every weight by f.
func (s *Slim) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	next := s.clone()
	next.weight *= f
	for j := range next.columns {
		c := &next.columns[j]
		err := c.moments.Scale(f)
		if err == nil && c.histogram != nil {
			err = c.histogram.checkedScale(f)
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", s.layout.Numeric[j].Name, err)
		}
	}
	*s = *next
	return nil
}

// Clone returns a deep copy.
func (s *Slim) Clone() Additive { return s.clone() }

func (s *Slim) clone() *Slim {
	out := &Slim{bins: s.bins, layout: s.layout, weight: s.weight, columns: slices.Clone(s.columns)}
	for j := range out.columns {
		out.columns[j].moments = *out.columns[j].moments.Clone()
		if h := out.columns[j].histogram; h != nil {
			out.columns[j].histogram = h.Clone()
		}
	}
	return out
}

// Weight returns the weight of the rows.
func (s *Slim) Weight() float64 { return s.weight }

// Layout returns the columns; it must not be changed.
func (s *Slim) Layout() *Layout { return s.layout }

// Moments returns those of a numeric column; they must not be changed.
func (s *Slim) Moments(column int) *Moments { return &s.columns[column].moments }

// Encode writes the format version, bins, layout, weight and columns. The version is 1
// as long as nothing is written that version 1 does not have.
func (s *Slim) Encode(w *wire.Writer) {
	version := byte(1)
	for j := range s.columns {
		if !s.columns[j].moments.isPlain() {
			version = slimVersion
		}
	}
	w.Byte(version)
	w.Uvarint(uint64(s.bins))
	s.layout.encode(w)
	w.Float64(s.weight)
	for j := range s.columns {
		s.columns[j].moments.Encode(w)
		if h := s.columns[j].histogram; h != nil {
			h.Encode(w)
		}
	}
}

// slimVersion 2 has moments with exact sums and with extremes that are not known.
const slimVersion = 2

// Decode reads what Encode wrote. The stored number of bins must be the
// maker's, else the error wraps ErrIncompatible; others wrap wire.ErrCorrupt or
// wire.ErrUnknownVersion.
func (m SlimMaker) Decode(r *wire.Reader) (Additive, error) {
	if version := r.Byte(); r.Err() == nil && version != 1 && version != slimVersion {
		return nil, fmt.Errorf("%w: %d, this build reads 1 and %d", wire.ErrUnknownVersion, version, slimVersion)
	}
	bins := r.Uvarint()
	if r.Err() == nil && bins != uint64(m.HistogramBins) {
		return nil, fmt.Errorf("%w: histograms of %d bins are stored, the settings say %d", ErrIncompatible, bins, m.HistogramBins)
	}
	layout := decodeLayout(r)
	weight := r.Finite()
	if weight < 0 {
		r.Fail("weight is %v", weight)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	s := &Slim{bins: m.HistogramBins, layout: layout, weight: weight, columns: make([]slimColumn, len(layout.Numeric))}
	for j := range s.columns {
		moments := decodeMoments(r)
		if r.Err() != nil {
			return nil, r.Err()
		}
		s.columns[j].moments = *moments
		if s.bins == 0 {
			continue
		}
		if s.columns[j].histogram = DecodeHistogram(r); r.Err() != nil {
			return nil, r.Err()
		}
		if limit := s.columns[j].histogram.limit; limit != s.bins {
			r.Fail("histogram of %d bins among those of %d", limit, s.bins)
			return nil, r.Err()
		}
	}
	if err := s.follow(m.Columns); err != nil {
		return nil, err
	}
	return s, nil
}

// follow drops the columns that the project has with another type by now.
func (s *Slim) follow(columns Columns) error {
	layout, m, err := s.layout.retypedUnder(columns)
	if err != nil || layout == nil {
		return err
	}
	kept := make([]slimColumn, 0, len(layout.Numeric))
	for j, c := range s.columns {
		if m.numeric[j] != leftOut {
			kept = append(kept, c)
		}
	}
	s.layout, s.columns = layout, kept
	return nil
}
