package stats

import (
	"fmt"
	"math"
)

// SummaryOptions are the settings of a summary. Two summaries merge only when
// their options are equal. The zero value means the defaults.
type SummaryOptions struct {
	// ExtendedUpTo is the widest presence pattern, in numeric columns, whose
	// co-moments are kept in double-double; wider ones use float64.
	// 0 means DefaultExtendedUpTo, -1 never.
	ExtendedUpTo int
	// HistogramBins bounds the non-empty bins of each histogram; 0 means DefaultBins.
	HistogramBins int
	// ConditionalBins bounds the non-empty bins of the histogram of each number
	// given each category, MinBins to MaxBins; 0 keeps none.
	ConditionalBins int
	// MaxPatterns bounds the presence patterns that have a dense block; rows
	// of further patterns go to one pairwise block. 0 means DefaultMaxPatterns.
	MaxPatterns int
}

// Defaults of SummaryOptions.
const (
	DefaultExtendedUpTo = 64
	DefaultMaxPatterns  = 64
)

func (o SummaryOptions) withDefaults() SummaryOptions {
	if o.ExtendedUpTo == 0 {
		o.ExtendedUpTo = DefaultExtendedUpTo
	}
	if o.HistogramBins == 0 {
		o.HistogramBins = DefaultBins
	}
	if o.MaxPatterns == 0 {
		o.MaxPatterns = DefaultMaxPatterns
	}
	return o
}

func (o SummaryOptions) validate() error {
	if o.ExtendedUpTo < -1 {
		return fmt.Errorf("extended up to is %d, want -1 or more", o.ExtendedUpTo)
	}
	if o.ConditionalBins != 0 && (o.ConditionalBins < MinBins || o.ConditionalBins > MaxBins) {
		return fmt.Errorf("conditional bins is %d, want 0, or %d to %d", o.ConditionalBins, MinBins, MaxBins)
	}
	if o.MaxPatterns < 1 || o.MaxPatterns > 1<<16 {
		return fmt.Errorf("max patterns is %d, want 1 to 65536", o.MaxPatterns)
	}
	return nil
}

// Summary is the additive statistics of a set of rows: per attribute the
// moments, extremes, histogram or category counts; per pair of attributes the
// co-moments, conditional moments or contingency counts. Only co-moments are
// kept by presence pattern, in one dense block each, which makes every answer
// about a pair of attributes exactly the pairwise-complete one.
//
// A Summary is not safe for concurrent use.
type Summary struct {
	options SummaryOptions
	layout  *Layout
	weight  float64 // of all rows

	attributes  []attribute    // one per numeric column
	continuous  []int32        // numeric columns that are not binary
	categories  []category     // one per categorical column
	contingency []*Contingency // of categorical columns a < b, at b*(b-1)/2+a

	blocks   []*patternBlock // in order of appearance
	byMask   map[string]int  // index in blocks by presence bits
	overflow *Pairwise       // rows of further patterns; nil while there are none

	scratch summaryScratch
}

// attribute is what is kept once for a numeric column.
type attribute struct {
	moments     *Moments
	histogram   *Histogram
	conditional *Conditional // of the continuous columns given a binary column, else nil
}

// category is what is kept once for a categorical column.
type category struct {
	present     float64 // weight of the rows that have the attribute
	counts      *Categories
	conditional *Conditional // of all numeric columns given this one
	overflow    overflow     // of the values that became Other
}

// patternBlock holds the co-moments of the rows that have just these columns.
type patternBlock struct {
	columns   []int32 // ascending
	comoments *Comoments
}

// summaryScratch is reused between calls of Learn and belongs to no state.
type summaryScratch struct {
	rows       [][]int32 // per block, the rows of the batch that it takes
	overflow   []int32
	present    []int32
	mask       []byte
	continuous []float64
	moments    []*Moments
	single     [1]int32
	singleB    [1]int32
}

// NewSummary returns an empty summary without columns; it takes on the layout
// of what it learns. An option out of range is an error.
func NewSummary(options SummaryOptions) (*Summary, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	if _, err := NewHistogram(options.HistogramBins); err != nil {
		return nil, err
	}
	return &Summary{options: options, layout: &Layout{}}, nil
}

var _ Additive = (*Summary)(nil)

// Learn adds the rows, which were encoded under layout. The layout must be the
// summary's own, one that extends it or an earlier one, else the error wraps
// ErrIncompatible and nothing is learned; the same holds for rows that do not
// pass Validate.
func (s *Summary) Learn(layout *Layout, rows *Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := s.accepts(layout); err != nil {
		return err
	}
	if layout != s.layout && !layout.Extends(s.layout) {
		rows = rows.widened(len(s.layout.Numeric), len(s.layout.Categorical))
	} else if err := s.extend(layout); err != nil {
		return err
	}
	s.learn(rows)
	return nil
}

// Forget takes the rows away again. Rows that were never learned give an error
// that wraps ErrNotLearned where that can be seen (a count would become
// negative); the summary is then unchanged. Minimum, maximum and the
// resolution of a histogram do not go back.
func (s *Summary) Forget(layout *Layout, rows *Rows) error {
	gone, err := NewSummary(s.options)
	if err != nil {
		return err
	}
	if err := gone.Learn(layout, rows); err != nil {
		return err
	}
	return s.Subtract(gone)
}

// accepts refuses a layout that neither extends the summary's own nor is an
// earlier one.
func (s *Summary) accepts(layout *Layout) error {
	if layout == s.layout || layout.Extends(s.layout) || s.layout.Extends(layout) {
		return nil
	}
	return fmt.Errorf("%w: the layout of the rows does not extend that of the summary", ErrIncompatible)
}

// extend makes room for the columns and values of layout.
func (s *Summary) extend(layout *Layout) error {
	if layout == s.layout {
		return nil
	}
	if !layout.Extends(s.layout) {
		return fmt.Errorf("%w: the layout of the rows does not extend that of the summary", ErrIncompatible)
	}
	for i := len(s.attributes); i < len(layout.Numeric); i++ {
		h, err := NewHistogram(s.options.HistogramBins)
		if err != nil {
			return err
		}
		a := attribute{moments: NewMoments(), histogram: h}
		if layout.Numeric[i].Binary {
			a.conditional = &Conditional{bins: s.options.ConditionalBins}
		} else {
			s.continuous = append(s.continuous, int32(i))
		}
		s.attributes = append(s.attributes, a)
	}
	for b := len(s.categories); b < len(layout.Categorical); b++ {
		s.categories = append(s.categories, category{counts: NewCategories(), conditional: &Conditional{bins: s.options.ConditionalBins}})
		for range b {
			s.contingency = append(s.contingency, NewContingency())
		}
	}
	if s.overflow != nil {
		s.overflow.Extend(len(layout.Numeric))
	}
	s.layout = layout
	return nil
}

// learn adds rows that are known to fit.
func (s *Summary) learn(rows *Rows) {
	if rows.N == 0 {
		return
	}
	for i := range rows.N {
		s.weight += rows.Weight(i)
	}
	s.learnPatterns(rows)
	for j := range s.attributes {
		s.attributes[j].histogram.AddColumn(rows.Values, j, rows.Numeric, rows.N, rows.Weights)
	}
	if len(s.categories) > 0 {
		for i := range rows.N {
			s.learnCategories(rows, i)
		}
		for _, o := range rows.Overflow {
			s.categories[o.Column].overflow.add(o.Value, rows.Weight(o.Row))
		}
	}
	if len(s.continuous) < len(s.attributes) && len(s.continuous) > 0 {
		s.learnBinary(rows)
	}
}

// learnPatterns hands each row to the block of the columns that it has.
func (s *Summary) learnPatterns(rows *Rows) {
	sc := &s.scratch
	for len(sc.rows) < len(s.blocks) {
		sc.rows = append(sc.rows, nil)
	}
	for i := range sc.rows {
		sc.rows[i] = sc.rows[i][:0]
	}
	sc.overflow = sc.overflow[:0]
	last := -1
	for i := range rows.N {
		row := rows.Row(i)
		if last < 0 || !s.blocks[last].matches(row) {
			last = s.blockOf(row)
		}
		if last < 0 {
			sc.overflow = append(sc.overflow, int32(i))
			continue
		}
		sc.rows[last] = append(sc.rows[last], int32(i))
	}
	for b, taken := range sc.rows {
		if len(taken) > 0 {
			s.learnBlock(s.blocks[b], rows, taken)
		}
	}
	for _, i := range sc.overflow {
		row, w := rows.Row(int(i)), rows.Weight(int(i))
		s.overflow.AddRow(row, w)
		for j, v := range row {
			if v == v {
				_ = s.attributes[j].moments.Add(v, w) // finite and weighted by Validate
			}
		}
	}
}

func (s *Summary) learnBlock(b *patternBlock, rows *Rows, taken []int32) {
	sc := &s.scratch
	sc.moments = sc.moments[:0]
	for _, c := range b.columns {
		sc.moments = append(sc.moments, s.attributes[c].moments)
	}
	if len(taken) == rows.N {
		taken = nil // all rows, in order
	}
	// The shapes agree by construction, which is all that could be refused.
	_ = b.comoments.AddColumns(rows.Values, rows.Numeric, b.columns, taken, rows.N, rows.Weights, sc.moments)
}

// matches reports whether the row has just the block's columns.
func (b *patternBlock) matches(row []float64) bool {
	if len(b.columns) == len(row) {
		for _, v := range row {
			if v != v {
				return false
			}
		}
		return true
	}
	k := 0
	for j, v := range row {
		has := k < len(b.columns) && int(b.columns[k]) == j
		if has != (v == v) {
			return false
		}
		if has {
			k++
		}
	}
	return k == len(b.columns)
}

// blockOf finds or makes the block of the row's columns; -1 means that the row
// belongs to the overflow, which then exists.
func (s *Summary) blockOf(row []float64) int {
	sc := &s.scratch
	sc.present = sc.present[:0]
	for j, v := range row {
		if v == v {
			sc.present = append(sc.present, int32(j))
		}
	}
	sc.mask = presenceMask(sc.mask[:0], sc.present)
	if i, ok := s.byMask[string(sc.mask)]; ok {
		return i
	}
	if len(s.blocks) >= s.options.MaxPatterns {
		s.needOverflow()
		return -1
	}
	s.addBlock(append([]int32(nil), sc.present...))
	return len(s.blocks) - 1
}

func (s *Summary) addBlock(columns []int32) *patternBlock {
	precision := Double
	if len(columns) <= s.options.ExtendedUpTo {
		precision = Extended
	}
	b := &patternBlock{columns: columns, comoments: NewComoments(len(columns), precision)}
	if s.byMask == nil {
		s.byMask = make(map[string]int)
	}
	s.byMask[string(presenceMask(nil, columns))] = len(s.blocks)
	s.blocks = append(s.blocks, b)
	s.scratch.rows = append(s.scratch.rows, nil)
	return b
}

// presenceMask appends the bit set of the columns, without trailing zeros, so
// that it does not change when the layout grows.
func presenceMask(mask []byte, columns []int32) []byte {
	for _, c := range columns {
		for len(mask) <= int(c/8) {
			mask = append(mask, 0)
		}
		mask[c/8] |= 1 << (c % 8)
	}
	return mask
}

// block returns the dense block of just these columns, or nil.
func (s *Summary) block(columns []int32) *patternBlock {
	if i, ok := s.byMask[string(presenceMask(nil, columns))]; ok {
		return s.blocks[i]
	}
	return nil
}

func (s *Summary) needOverflow() {
	if s.overflow == nil {
		s.overflow = NewPairwise(len(s.attributes))
	}
}

// learnCategories adds row i to counts, conditional moments and contingency.
func (s *Summary) learnCategories(rows *Rows, i int) {
	w, values, codes := rows.Weight(i), rows.Row(i), rows.RowCodes(i)
	for b, code := range codes {
		if code == Missing {
			continue
		}
		set := rows.CodesOf(code, &s.scratch.single)
		s.categories[b].present += w
		for _, c := range set {
			s.categories[b].counts.Add(c, w)
			s.categories[b].conditional.AddRow(c, values, w)
		}
		for a, other := range codes[:b] {
			if other == Missing {
				continue
			}
			table := s.contingency[b*(b-1)/2+a]
			for _, ca := range rows.CodesOf(other, &s.scratch.singleB) {
				for _, cb := range set {
					table.Add(ca, cb, w)
				}
			}
		}
	}
}

// set returns the codes of one cell: the list's, or the single one in room.
func (r *Rows) CodesOf(code int32, room *[1]int32) []int32 {
	if code < Missing {
		return r.Sets[-2-code]
	}
	room[0] = code
	return room[:]
}

// learnBinary adds the conditional moments of the continuous columns given
// each binary one.
func (s *Summary) learnBinary(rows *Rows) {
	sc := &s.scratch
	for i := range rows.N {
		row, w := rows.Row(i), rows.Weight(i)
		sc.continuous = sc.continuous[:0]
		for _, j := range s.continuous {
			sc.continuous = append(sc.continuous, row[j])
		}
		for j := range s.attributes {
			if c := s.attributes[j].conditional; c != nil && !math.IsNaN(row[j]) {
				c.AddRow(int32(row[j]), sc.continuous, w)
			}
		}
	}
}
