package stats

import "iter"

// summaryVersion is the format version of a summary that Encode writes. Version
// 1 had neither the extremes of conditional cells nor their histograms, version
// 2 no sums of squared weights and no joint cells.
const summaryVersion = 3

// partRow is a row of the table of what a summary keeps.
type partRow struct {
	name string
	per  unitKind
	// since is the first format version that has the part. Reading an older one
	// leaves it empty.
	since byte
	// empty makes the part of a summary with these options, without units.
	empty func(o SummaryOptions) part
}

// partTable is what a summary keeps: parts of one kind are stored side by side,
// unit by unit, in the order of their rows.
type partTable []partRow

// summaryTable is the table of every Summary outside of tests. The patterns
// come after the moments, which they fill; sums of squared weights come before
// what has the sums of weights, which they need as they were before each change.
var summaryTable = partTable{
	{name: "squared weights of numbers", per: perNumeric, since: 3, empty: newNumericSquares},
	{name: "squared weights of categories", per: perCategorical, since: 3, empty: newCategoricalSquares},
	{name: "squared weights of rows", per: perSummary, since: 3, empty: newSquaresPart},
	{name: "moments", per: perNumeric, since: 1, empty: newMomentsPart},
	{name: "histogram", per: perNumeric, since: 1, empty: newHistogramPart},
	{name: "given a binary column", per: perNumeric, since: 1, empty: newGivenBinary},
	{name: "presence", per: perCategorical, since: 1, empty: newPresencePart},
	{name: "counts", per: perCategorical, since: 1, empty: newCountsPart},
	{name: "given a category", per: perCategorical, since: 1, empty: newGivenCategory},
	{name: "overflow", per: perCategorical, since: 1, empty: newOverflowPart},
	{name: "contingency", per: perPair, since: 1, empty: newContingencyPart},
	{name: "co-moments by pattern", per: perSummary, since: 1, empty: newPatterns},
	{name: "joint cells", per: perSummary, since: 3, empty: newJointCells},
}

// version returns the format version in which all rows can be stored.
func (t partTable) version() byte {
	version := byte(summaryVersion)
	for _, row := range t {
		version = max(version, row.since)
	}
	return version
}

// parts makes the empty parts of a summary, one per row.
func (t partTable) parts(o SummaryOptions) []part {
	out := make([]part, len(t))
	for i, row := range t {
		out[i] = row.empty(o)
	}
	return out
}

// unitOf is one unit of one part.
type unitOf struct {
	row  int // index of the part
	kind unitKind
	unit int
}

// units iterates over every unit of every part under a layout, in the order of
// the stored bytes.
func (t partTable) units(l *Layout) iter.Seq[unitOf] {
	return func(yield func(unitOf) bool) {
		for kind := range unitKinds {
			for unit := range kind.units(l) {
				for row := range t {
					if t[row].per == kind && !yield(unitOf{row: row, kind: kind, unit: unit}) {
						return
					}
				}
			}
		}
	}
}
