package stats

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Encode appends the summary: version, options, layout, weight and the units of
// its parts: attributes, categories, contingency tables, pattern blocks with
// their overflow. docs/formats.md draws it.
func (s *Summary) Encode(w *wire.Writer) {
	w.Byte(s.table.version())
	w.Varint(int64(s.options.ExtendedUpTo))
	w.Uvarint(uint64(s.options.HistogramBins))
	w.Uvarint(uint64(s.options.MaxPatterns))
	w.Uvarint(uint64(s.options.ConditionalBins))
	s.layout.encode(w)
	w.Float64(s.weight)
	for u := range s.table.units(s.layout) {
		s.parts[u.row].encode(w, u.unit)
	}
}

// DecodeSummary reads what Encode wrote, in this version or an earlier one: the
// extremes of conditional cells are then not known. Damaged bytes leave an error in r
// that wraps wire.ErrCorrupt; an unknown version one that wraps
// wire.ErrUnknownVersion.
func DecodeSummary(r *wire.Reader) (*Summary, error) { return decodeSummary(r, summaryTable) }

func decodeSummary(r *wire.Reader, table partTable) (*Summary, error) {
	version := r.Byte()
	if r.Err() == nil && (version < 1 || version > table.version()) {
		return nil, fmt.Errorf("%w: summary version %d, this build reads 1 to %d", wire.ErrUnknownVersion, version, table.version())
	}
	s, err := decodeEmpty(r, version, table)
	if err != nil {
		return nil, err
	}
	s.weight = decodeSum(r)
	s.peak = s.weight
	// each unit is checked before the next, so that damage does not make many
	// units of what is left
	for u := range table.units(s.layout) {
		if table[u.row].since <= version {
			s.parts[u.row].decode(r, u.unit, version)
		}
		if r.Err() != nil {
			break
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if version < 3 {
		s.joint.begun(s.weight)
	}
	return s, nil
}

// decodeEmpty reads options and layout and returns the summary that has them
// and no rows. Columns are bounded by the bytes that are left before any memory
// is taken for them.
func decodeEmpty(r *wire.Reader, version byte, table partTable) (*Summary, error) {
	options := SummaryOptions{
		ExtendedUpTo:  int(r.Varint()),
		HistogramBins: int(r.Uvarint()),
		MaxPatterns:   int(r.Uvarint()),
	}
	if version > 1 {
		options.ConditionalBins = int(r.Uvarint())
	}
	layout := decodeLayout(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	s, err := newSummary(options, table)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrCorrupt, err)
	}
	if s.options != options {
		return nil, fmt.Errorf("%w: a summary with %v", wire.ErrCorrupt, options)
	}
	if columns := len(layout.Numeric) + len(layout.Categorical); columns > r.Remaining() {
		return nil, fmt.Errorf("%w: %d columns in %d bytes", wire.ErrCorrupt, columns, r.Remaining())
	}
	if pairs := perPair.units(layout); pairs > r.Remaining() {
		return nil, fmt.Errorf("%w: %d pairs of categories in %d bytes", wire.ErrCorrupt, pairs, r.Remaining())
	}
	s.extend(layout)
	return s, nil
}

// decodeSum reads a sum of weights, which is finite and not negative.
func decodeSum(r *wire.Reader) float64 {
	sum := r.Finite()
	if sum < 0 {
		r.Fail("sum of weights is %v", sum)
	}
	return sum
}
