package stats

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// summaryVersion is the format version that Encode writes. Version 1 had
// neither the extremes of conditional cells nor their histograms.
const summaryVersion = 2

// Encode appends the summary: version, options, layout, weight, attributes,
// categories, contingency tables, pattern blocks in the order of their
// presence bits, overflow. docs/formats.md draws it.
func (s *Summary) Encode(w *wire.Writer) {
	w.Byte(summaryVersion)
	w.Varint(int64(s.options.ExtendedUpTo))
	w.Uvarint(uint64(s.options.HistogramBins))
	w.Uvarint(uint64(s.options.MaxPatterns))
	w.Uvarint(uint64(s.options.ConditionalBins))
	s.layout.Encode(w)
	w.Float64(s.weight)
	for i := range s.attributes {
		a := &s.attributes[i]
		a.moments.Encode(w)
		a.histogram.Encode(w)
		if a.conditional != nil {
			a.conditional.Encode(w)
		}
	}
	for i := range s.categories {
		c := &s.categories[i]
		w.Float64(c.present)
		c.counts.Encode(w)
		c.conditional.Encode(w)
		c.overflow.encode(w)
	}
	for _, t := range s.contingency {
		t.Encode(w)
	}
	blocks := slices.Clone(s.blocks)
	slices.SortFunc(blocks, func(a, b *patternBlock) int {
		return bytes.Compare(presenceMask(nil, a.columns), presenceMask(nil, b.columns))
	})
	w.Uvarint(uint64(len(blocks)))
	for _, b := range blocks {
		w.Blob(presenceMask(nil, b.columns))
		b.comoments.Encode(w)
	}
	w.Bool(s.overflow != nil)
	if s.overflow != nil {
		s.overflow.Encode(w)
	}
}

// DecodeSummary reads what Encode wrote, in this version or an earlier one: the
// extremes of conditional cells are then not known. Damaged bytes leave an error in r
// that wraps wire.ErrCorrupt; an unknown version one that wraps
// wire.ErrUnknownVersion.
func DecodeSummary(r *wire.Reader) (*Summary, error) {
	version := r.Byte()
	if r.Err() == nil && (version < 1 || version > summaryVersion) {
		return nil, fmt.Errorf("%w: summary version %d, this build reads 1 to %d", wire.ErrUnknownVersion, version, summaryVersion)
	}
	options := SummaryOptions{
		ExtendedUpTo:  int(r.Varint()),
		HistogramBins: int(r.Uvarint()),
		MaxPatterns:   int(r.Uvarint()),
	}
	if version > 1 {
		options.ConditionalBins = int(r.Uvarint())
	}
	layout := DecodeLayout(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	s, err := NewSummary(options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrCorrupt, err)
	}
	if s.options != options {
		return nil, fmt.Errorf("%w: summary options %+v", wire.ErrCorrupt, options)
	}
	if len(layout.Numeric)+len(layout.Categorical) > r.Remaining() {
		return nil, fmt.Errorf("%w: %d columns in %d bytes", wire.ErrCorrupt, len(layout.Numeric)+len(layout.Categorical), r.Remaining())
	}
	if pairs := len(layout.Categorical) * (len(layout.Categorical) - 1) / 2; pairs > r.Remaining() {
		return nil, fmt.Errorf("%w: %d pairs of categories in %d bytes", wire.ErrCorrupt, pairs, r.Remaining())
	}
	if err := s.extend(layout); err != nil {
		return nil, err
	}
	s.weight = decodeSum(r)
	s.decodeColumns(r, version)
	s.decodeBlocks(r)
	if r.Bool() {
		s.overflow = DecodePairwise(r)
		if r.Err() == nil && s.overflow.Dim() != len(layout.Numeric) {
			r.Fail("overflow block of %d columns, layout of %d", s.overflow.Dim(), len(layout.Numeric))
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Summary) decodeColumns(r *wire.Reader, version byte) {
	for i := range s.attributes {
		a := &s.attributes[i]
		a.moments = DecodeMoments(r)
		a.histogram = DecodeHistogram(r)
		if r.Err() == nil && a.histogram.Limit() != s.options.HistogramBins {
			r.Fail("histogram of %d bins, not %d", a.histogram.Limit(), s.options.HistogramBins)
		}
		if a.conditional != nil {
			a.conditional = decodeConditional(r, version, s.options.ConditionalBins)
		}
		if r.Err() != nil {
			return
		}
	}
	for i := range s.categories {
		c := &s.categories[i]
		c.present = decodeSum(r)
		c.counts = DecodeCategories(r)
		c.conditional = decodeConditional(r, version, s.options.ConditionalBins)
		c.overflow = decodeOverflow(r)
		if r.Err() != nil {
			return
		}
	}
	for i := range s.contingency {
		s.contingency[i] = DecodeContingency(r)
		if r.Err() != nil {
			return
		}
	}
}

func (s *Summary) decodeBlocks(r *wire.Reader) {
	var before []byte
	for i := range r.Count(2) {
		mask := r.Blob()
		if i > 0 && bytes.Compare(before, mask) >= 0 {
			r.Fail("pattern blocks out of order")
		}
		before = mask
		columns := maskColumns(mask)
		if len(mask) > 0 && mask[len(mask)-1] == 0 || len(columns) > 0 && int(columns[len(columns)-1]) >= len(s.attributes) {
			r.Fail("pattern block of columns that the layout does not have")
		}
		como := DecodeComoments(r)
		if r.Err() != nil {
			return
		}
		b := s.addBlock(columns)
		if como.Dim() != len(columns) || como.Precision() != b.comoments.Precision() {
			r.Fail("pattern block of %d columns holds co-moments of %d", len(columns), como.Dim())
			return
		}
		b.comoments = como
	}
}

// decodeSum reads a sum of weights, which is finite and not negative.
func decodeSum(r *wire.Reader) float64 {
	sum := r.Finite()
	if sum < 0 {
		r.Fail("sum of weights is %v", sum)
	}
	return sum
}

func maskColumns(mask []byte) []int32 {
	var columns []int32
	for i, bits := range mask {
		for k := range 8 {
			if bits&(1<<k) != 0 {
				columns = append(columns, int32(8*i+k))
			}
		}
	}
	return columns
}
