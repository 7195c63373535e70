package stats

import "fmt"

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

// String lists the options, by the names that they have in sml_learn.
func (o SummaryOptions) String() string {
	precision := fmt.Sprintf("extended up to %d attributes", o.ExtendedUpTo)
	if o.ExtendedUpTo < 0 {
		precision = "double"
	}
	return fmt.Sprintf("histogram_bins %d, conditional_bins %d, max_patterns %d, precision %s", o.HistogramBins, o.ConditionalBins, o.MaxPatterns, precision)
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
	if o.HistogramBins < MinBins || o.HistogramBins > MaxBins {
		return fmt.Errorf("histogram bins is %d, want %d to %d", o.HistogramBins, MinBins, MaxBins)
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
// What it keeps is a table of parts (part_table.go). Every operation walks the
// table, so a new statistic is a part and a row.
//
// A Summary is not safe for concurrent use.
type Summary struct {
	options SummaryOptions
	layout  *Layout
	weight  float64 // of all rows
	// peak is the largest weight that there has been, to which rounding is relative. It is
	// not stored.
	peak float64

	table partTable // summaryTable, except in tests
	parts []part    // one per row of table

	// the parts that read-outs ask
	squares       [unitKinds]*squaresPart
	moments       *momentsPart
	histograms    *histogramPart
	givenBinary   *givenBinary
	present       *presencePart
	counts        *countsPart
	givenCategory *givenCategory
	overflowed    *overflowPart
	contingency   *contingencyPart
	patterns      *patterns
	joint         *jointCells

	near *near // which rows are summed up in blocks; the parts have it too
}

// NewSummary returns an empty summary without columns; it takes on the layout
// of what it learns. An option out of range is an error.
func NewSummary(options SummaryOptions) (*Summary, error) {
	return newSummary(options, summaryTable)
}

func newSummary(options SummaryOptions, table partTable) (*Summary, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	s := &Summary{options: options, layout: &Layout{}, table: table, near: &near{}}
	s.take(table.parts(options))
	return s, nil
}

// take makes parts the summary's own.
func (s *Summary) take(parts []part) {
	s.parts = parts
	for _, p := range parts {
		p.bind(s)
	}
}

var (
	_ Additive = (*Summary)(nil)
	_ Accepter = (*Summary)(nil)
)

// Learn adds the rows, which were encoded under layout. The layout must be the
// summary's own, one that extends it or an earlier one, else the error wraps
// ErrIncompatible and nothing is learned; the same holds for rows that do not
// pass Validate.
func (s *Summary) Learn(layout *Layout, rows *Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	if err := s.Accepts(layout, rows); err != nil {
		return err
	}
	if layout != s.layout && !layout.Extends(s.layout) {
		rows = rows.widened(len(s.layout.Numeric), len(s.layout.Categorical))
		layout = s.layout
	}
	s.extend(layout)
	if rows.N == 0 {
		return nil
	}
	s.near.look(s.layout, rows, s.moments.at, s.options.ExtendedUpTo)
	for _, p := range s.parts { // some need the weight as it was
		p.learn(rows)
	}
	for i := range rows.N {
		s.weight += rows.Weight(i)
	}
	s.peak = max(s.peak, s.weight)
	return nil
}

// Forget takes the rows away again. Rows that were never learned give an error
// that wraps ErrNotLearned where that can be seen (a count would become
// negative); the summary is then unchanged. Minimum, maximum and the
// resolution of a histogram do not go back.
func (s *Summary) Forget(layout *Layout, rows *Rows) error {
	gone, err := newSummary(s.options, s.table)
	if err != nil {
		return err
	}
	taken := *rows
	taken.Forgotten = true
	if err := gone.Learn(layout, &taken); err != nil {
		return err
	}
	return s.Subtract(gone)
}

// Accepts refuses a layout that neither extends the summary's own nor is an
// earlier one.
func (s *Summary) Accepts(layout *Layout, _ *Rows) error {
	if layout == s.layout || layout.Extends(s.layout) || s.layout.Extends(layout) {
		return nil
	}
	return ErrLayout
}

// extend makes room for the columns and values of layout, which extends the
// summary's own.
func (s *Summary) extend(layout *Layout) {
	if layout == s.layout {
		return
	}
	for _, p := range s.parts {
		p.extend(layout)
	}
	s.layout = layout
}

// CodesOf returns the codes of one cell: the list's, or the single one in room.
func (r *Rows) CodesOf(code int32, room *[1]int32) []int32 {
	if code < Missing {
		return r.Sets[-2-code]
	}
	room[0] = code
	return room[:]
}
